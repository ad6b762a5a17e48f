import { plural } from '../plural.ts'
import type { Examined, FindingStatus } from './finding.ts'

const SIGNS: Readonly<Record<FindingStatus, string>> = {
  ...{ ok: '✓', warning: '!', problem: '✗', skipped: '–' },
}
const COLORS: Readonly<Record<FindingStatus, number>> = {
  ...{ ok: 32, warning: 33, problem: 31, skipped: 90 },
}

export type Counts = Readonly<Record<FindingStatus, number>>

export function countFindings(all: readonly Examined[]): Counts {
  const count = (status: FindingStatus) => all.filter((one) => one.status === status).length
  return {
    ok: count('ok'),
    warning: count('warning'),
    problem: count('problem'),
    skipped: count('skipped'),
  }
}

/** One line for each finding below the name of its group, and below it what mends it. */
export function doctorText(all: readonly Examined[], color: boolean): string {
  const width = Math.max(...all.map(({ name }) => name.length))
  const groups = [...new Set(all.map(({ group }) => group))]
  const blocks = groups.map((group) => {
    const lines = all
      .filter((one) => one.group === group)
      .flatMap((one) => findingLines(one, width, color))
    return [group, ...lines].join('\n')
  })
  return [...blocks, countsText(countFindings(all))].join('\n\n')
}

function findingLines(
  { name, status, message, mend }: Examined,
  width: number,
  color: boolean,
): string[] {
  const sign = color ? `\u001b[${COLORS[status]}m${SIGNS[status]}\u001b[0m` : SIGNS[status]
  const line = `  ${sign} ${name.padEnd(width)}  ${message}`
  return mend === undefined ? [line] : [line, `${' '.repeat(width + 6)}→ ${mend}`]
}

function countsText({ ok, warning, problem, skipped }: Counts): string {
  const rest = skipped === 0 ? '' : `, ${skipped} not there to look at`
  return `${plural(problem, 'problem')}, ${plural(warning, 'warning')}, ${ok} fine${rest}.`
}
