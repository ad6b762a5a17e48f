import type { MetricsLine, RunRecord } from '../contracts/index.ts'

/** Something that decides the numbers of a run and is not as it was. */
export interface Difference {
  /** `code`, `data`, `node`, `library onnxruntime-node` … */
  readonly what: string
  readonly before: string
  readonly now: string
}

/** In which ways a new run of the same configuration starts from other things than the old one did. */
export function differencesBetween(before: RunRecord, now: RunRecord): readonly Difference[] {
  const libraries = new Set([
    ...Object.keys(before.environment.libraries),
    ...Object.keys(now.environment.libraries),
  ])
  const facts: readonly (readonly [what: string, of: (record: RunRecord) => string])[] = [
    ['code', codeOf],
    ['data', ({ dataset }) => dataset?.digest.slice(0, 12) ?? 'none'],
    ['node', ({ environment }) => environment.node],
    ['platform', ({ environment }) => environment.platform],
    ['processor', ({ environment }) => environment.cpu],
    ...[...libraries].map(
      (name) =>
        [
          `library ${name}`,
          ({ environment }: RunRecord) => environment.libraries[name] ?? 'none',
        ] as const,
    ),
  ]
  return facts
    .map(([what, of]) => ({ what, before: of(before), now: of(now) }))
    .filter((difference) => difference.before !== difference.now)
}

function codeOf({ git }: RunRecord): string {
  if (git === null) return 'no commit'
  return `${git.commit.slice(0, 12)}${git.dirty ? ' with changes' : ''}`
}

/** Where two trainings part. */
export interface Divergence {
  readonly step: number
  /** Mean cross-entropy of the batch, nats; null where that run has no such step. */
  readonly before: number | null
  readonly now: number | null
}

/** The first step at which the batch losses are not the same to the bit; undefined if there is none. */
export function firstDivergence(
  before: readonly MetricsLine[],
  now: readonly MetricsLine[],
): Divergence | undefined {
  const [old, fresh] = [lossesOf(before), lossesOf(now)]
  for (let i = 0; i < Math.max(old.length, fresh.length); i++) {
    if (old[i]?.loss === fresh[i]?.loss) continue
    const step = (old[i] ?? fresh[i])!.step
    return { step, before: old[i]?.loss ?? null, now: fresh[i]?.loss ?? null }
  }
  return undefined
}

function lossesOf(lines: readonly MetricsLine[]) {
  return lines.filter((line) => line.type === 'step')
}
