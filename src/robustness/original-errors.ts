import type { ErrorTable } from '../contracts/index.ts'

export const originalErrors: {
  readonly name: string
  readonly weight_digest: string
  readonly clean_sha256: string
  readonly seed: number
  readonly errors: ErrorTable
} = {
  name: '',
  weight_digest: '',
  clean_sha256: '',
  seed: 0,
  errors: { clean: 0, corrupted: {} as ErrorTable['corrupted'] },
}
