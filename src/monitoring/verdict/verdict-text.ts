import type { DriftRows } from './drift-rows.ts'
import type { DriftItem, DriftVerdict } from './drift-verdict.ts'

export type VerdictFacts = Omit<DriftVerdict, 'reason' | 'warnings'>

/** With fewer rows only large changes show. */
const SMALL_WINDOW = 50
const SMALL_REFERENCE = 500

/** What moved and by how much, in one sentence. */
export function reasonFor(facts: VerdictFacts): string {
  const { verdict, rows, judged, needed, referenceRows, alpha, items } = facts
  const compared = `${rowsText(judged)} against ${integer(referenceRows)} of the reference`
  const [first] = items
  if (first === undefined) return `${nothingJudged(rows, judged)}${more(needed)}`
  if (verdict === 'unjudged') {
    return `Nothing shows, but ${rowsText(judged)} would show only the largest changes.${more(needed)}`
  }
  if (verdict === 'drift') {
    const drifted = items.filter((item) => item.drifted)
    const others = drifted.length - 1
    const rest = others > 0 ? `; ${others} more of ${items.length} measures drifted` : ''
    return `${movement(clearest(drifted))}${rest} (${compared}).`
  }
  if (first.adjusted <= alpha) {
    return `${movement(first)}: certain, but too little to matter (${compared}).`
  }
  if (verdict === 'watch' && first.adjusted <= 3 * alpha) {
    return `Perhaps ${movement(first)}: chance does so in up to ${percent(first.adjusted)} of windows (${compared}).`
  }
  if (verdict === 'watch') {
    return `${integer(rows - judged)} of ${rowsText(rows)} repeat another row; the others are like the reference (${compared}).`
  }
  return `Nothing moved by more than chance explains (${compared}).`
}

/** Parts of the rows that are no features, in words. */
const COLUMNS: Readonly<Record<string, string>> = {
  confidences: 'confidence',
  predicted: 'predicted class',
}

/** What a person should know beside the verdict. */
export function warningsFor(
  { rows, judged }: VerdictFacts,
  window: DriftRows,
  reference: DriftRows,
  missing: readonly string[],
): string[] {
  const warnings: string[] = []
  if (judged < rows) {
    warnings.push(
      `${integer(rows - judged)} of ${rowsText(rows)} repeat another row and were left out: is the same image sent again?`,
    )
  }
  if (judged < SMALL_WINDOW) {
    warnings.push(`Judged by only ${rowsText(judged)}: small changes do not show yet.`)
  }
  if (reference.count < SMALL_REFERENCE) {
    warnings.push(
      `The reference has only ${rowsText(reference.count)}: of more, a thousand or so, smaller changes would show.`,
    )
  }
  if (missing.length > 0) {
    const names = missing.map((name) => COLUMNS[name] ?? name).join(', ')
    warnings.push(`Not compared, as one side lacks it or has other classes: ${names}.`)
  }
  return [...warnings, ...dropped('window', window), ...dropped('reference', reference)]
}

function dropped(side: string, { count, features, confidences }: DriftRows): string[] {
  const columns = Object.entries({ ...features, ...(confidences && { confidences }) })
  return columns.flatMap(([name, column]) => {
    let missing = 0
    for (let row = 0; row < column.length; row++) if (!Number.isFinite(column[row]!)) missing++
    if (missing === 0) return []
    return `${name}: ${integer(missing)} of ${integer(count)} rows of the ${side} hold no finite number and were left out.`
  })
}

/** A feature as it is says more to a person than one beside what was expected. */
function clearest(drifted: readonly DriftItem[]): DriftItem {
  const plain = drifted.find(({ kind }) => kind !== 'expected' && kind !== 'probability')
  return plain ?? drifted[0]!
}

function movement(item: DriftItem): string {
  const { name, kind, effect, gap, reference, current, changed } = item
  if (kind === 'class_mix') {
    return `${changed} is predicted for ${percent(current)} of rows, was ${percent(reference)}`
  }
  const delta = `Cliff's delta ${effect.value.toFixed(2)}`
  const direction = effect.value < 0 ? 'lower' : 'higher'
  if (kind === 'expected') {
    const others = 'than class and other features let expect'
    return Math.abs(effect.value) > gap / 4
      ? `${name} is ${direction} ${others} (${delta})`
      : `${name} is more often far from what class and other features let expect (${percent(gap)} of rows)`
  }
  const subject = kind === 'probability' ? `probability of ${name}` : name
  const [from, to] = [number(reference), number(current)]
  return from === to
    ? `${subject} is spread otherwise (median ${to} as before, ${percent(gap)} of rows moved)`
    : `${subject} went from a median of ${from} to ${to} (${delta})`
}

function nothingJudged(rows: number, judged: number): string {
  if (rows === 0) return 'There are no rows to judge.'
  if (judged === 1 && rows > 1)
    return `All ${integer(rows)} rows are the same: one row tells nothing.`
  return `There is nothing to compare in ${rowsText(rows)}.`
}

const more = (needed: number | null) => (needed === null ? '' : ` Needs ${integer(needed)} more.`)
const integer = (value: number) => value.toLocaleString('en-US')
const rowsText = (count: number) => `${integer(count)} ${count === 1 ? 'row' : 'rows'}`
const number = (value: number) => value.toLocaleString('en-US', { maximumSignificantDigits: 3 })

function percent(share: number): string {
  return `${(100 * share).toLocaleString('en-US', { maximumSignificantDigits: share < 0.1 ? 1 : 2 })} %`
}
