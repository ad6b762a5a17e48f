import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Run } from '../../tracking/index.ts'
import { modelFileOf } from '../run-media.ts'

export interface ArtifactFile {
  readonly path: string
  /** Base64, as W&B writes digests of files. */
  readonly md5: string
  readonly bytes: number
  /** Absolute: where it lies. */
  readonly file: string
}

/** A run's model as W&B's artifacts are described. */
export interface ModelArtifact {
  readonly type: 'model'
  readonly name: string
  readonly digest: string
  readonly metadata: Readonly<Record<string, unknown>>
  readonly files: readonly ArtifactFile[]
  readonly clientId: string
  readonly sequenceClientId: string
}

/** Undefined while the run has no model. */
export async function modelArtifactOf(run: Run): Promise<ModelArtifact | undefined> {
  const file = await modelFileOf(run)
  if (file === undefined) return undefined
  const { record } = run
  const bytes = await readFile(file)
  const md5 = createHash('md5').update(bytes).digest('base64')
  const files = [{ path: 'model.onnx', md5, bytes: bytes.length, file }]
  const digest = artifactDigest(files)
  const { architecture, parameters, weight_digest, dataset, best } = record
  return {
    type: 'model',
    name: `model-${record.id}`,
    digest,
    metadata: { run: record.id, architecture, parameters, weight_digest, dataset, best },
    files,
    clientId: clientIdOf(`${record.id} ${digest}`),
    sequenceClientId: clientIdOf(record.id),
  }
}

/** Hex MD5 over the paths and digests of the files. */
export function artifactDigest(files: readonly Pick<ArtifactFile, 'path' | 'md5'>[]): string {
  const lines = [...files]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, md5 }) => `${path}:${md5}\n`)
  return createHash('md5')
    .update(`wandb-artifact-manifest-v1\n${lines.join('')}`)
    .digest('hex')
}

const ID_LETTERS = 128

/** Of 128 letters and digits, the same for the same text: an artifact that is sent twice is one. */
function clientIdOf(text: string): string {
  let id = ''
  for (let i = 0; id.length < ID_LETTERS; i++) {
    const hex = createHash('sha512').update(`${i} ${text}`).digest('hex')
    id += BigInt(`0x${hex}`).toString(36)
  }
  return id.slice(0, ID_LETTERS)
}
