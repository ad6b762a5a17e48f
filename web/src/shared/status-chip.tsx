import type { RunStatus } from '../../../src/contracts/index.ts'

export function StatusChip({ status }: { readonly status: RunStatus }) {
  return <span className={`status status-${status}`}>{status}</span>
}
