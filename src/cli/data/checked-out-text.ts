import type { CheckedOut } from '../../versioning/index.ts'

const LETTERS = { added: 'A', modified: 'M', deleted: 'D', unchanged: ' ' } as const

/** A line for each output that changed, as DVC prints them. */
export function checkedOutText(outputs: readonly CheckedOut[]): string {
  const changed = outputs.filter(({ state }) => state !== 'unchanged')
  if (changed.length === 0) return 'The workspace is up to date.'
  return changed.map(({ state, path }) => `${LETTERS[state]}\t${path}`).join('\n')
}
