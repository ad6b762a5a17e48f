import type { GateCheck, GateCheckName, GateVerdict } from '../../contracts/index.ts'
import { formatBytes } from '../run-cells.ts'
import { type Column, formatTable } from '../table.ts'

/** What the gate found, check by check. */
export function gateText(verdict: GateVerdict): string {
  const { model, alias, candidate, current, dataset } = verdict
  const against =
    current === null
      ? verdict.checks.some(({ check }) => check === 'comparable')
        ? ''
        : ` as the first ${alias}`
      : ` against version ${current.version} (${alias})`
  const columns: Column[] = [
    { title: 'check' },
    { title: `version ${candidate.version}`, align: 'right' },
    ...(current === null ? [] : [{ title: `version ${current.version}`, align: 'right' } as const]),
    ...[{ title: 'found' }, { title: 'wanted' }, { title: '' }],
  ]
  const rows = verdict.checks.map((check) => {
    const [name, ofCandidate, ofCurrent, found, wanted] = ROWS[check.check](check, verdict)
    const values = current === null ? [ofCandidate] : [ofCandidate, ofCurrent]
    return [name, ...values, found, wanted, check.passed ? 'passed' : 'REFUSED']
  })
  const table = formatTable(columns, rows)
  return [
    `${model} version ${candidate.version}${against}, on ${dataset.size} validation images of ${dataset.name}`,
    table,
    ...explanations(verdict),
  ].join('\n\n')
}

type Cells = readonly [
  name: string,
  candidate: string,
  current: string,
  found: string,
  wanted: string,
]
type Describe = (check: GateCheck, verdict: GateVerdict) => Cells

const share = (value: number | null) => (value === null ? '' : value.toFixed(4))
const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`
const limit = ({ limit: value }: GateCheck) => String(value)

/** A line for each check; a missing one does not compile. */
const ROWS: Readonly<Record<GateCheckName, Describe>> = {
  data: ({ subject }) => ['training data', '', '', subject ?? '', 'this data set'],
  accuracy: (check) => [
    ...(['accuracy', share(check.candidate), '', ''] as const),
    `at least ${limit(check)}`,
  ],
  class_recall: (check) => [
    ...(['lowest recall', share(check.candidate), '', check.subject ?? ''] as const),
    `at least ${limit(check)}`,
  ],
  calibration: (check) => [
    ...(['calibration error', share(check.candidate), '', ''] as const),
    `at most ${limit(check)}`,
  ],
  comparable: () => ['current model', '', '', 'takes or gives something else', 'comparable'],
  accuracy_difference: (check, { difference }) => [
    'accuracy, compared',
    share(check.candidate),
    share(check.current),
    difference === null
      ? ''
      : `${signed(difference.value)} (${signed(difference.low)} to ${signed(difference.high)})`,
    `no more than ${-check.limit!} lost, at worst`,
  ],
  mcnemar: (check, { mcnemar }) => [
    'right where the other is wrong',
    String(check.candidate),
    String(check.current),
    mcnemar === null ? '' : `McNemar p ${pText(mcnemar.mid_p)} (exact ${pText(mcnemar.exact_p)})`,
    `not worse with p below ${limit(check)}`,
  ],
  class_recall_drop: (check) => [
    'largest loss of recall',
    share(check.candidate),
    share(check.current),
    `${signed(-check.value!)} ${check.subject ?? ''}`,
    `no more than ${limit(check)} lost`,
  ],
  latency: (check) => [
    'time for one image',
    `${check.candidate!.toFixed(2)} ms`,
    `${check.current!.toFixed(2)} ms`,
    `× ${check.value!.toFixed(2)}`,
    `at most × ${limit(check)}`,
  ],
  size: (check) => [
    'file size',
    formatBytes(check.candidate!),
    formatBytes(check.current!),
    `× ${check.value!.toFixed(2)}`,
    `at most × ${limit(check)}`,
  ],
}

const pText = (p: number) => (p < 0.0001 ? 'below 0.0001' : p.toFixed(4))

/** What a table cannot say. */
function explanations({ checks, difference, rules, dataset }: GateVerdict): string[] {
  const misfit = checks.find(({ check }) => check === 'comparable')
  const isUnsure =
    checks.some(({ check, passed }) => check === 'accuracy_difference' && !passed) &&
    difference !== null &&
    difference.value >= -rules.max_accuracy_drop
  return [
    ...(misfit === undefined ? [] : [misfit.subject ?? '']),
    ...(isUnsure
      ? [
          `${dataset.size} images are too few to be sure: a loss of ${(-difference.low).toFixed(4)} is still possible.`,
        ]
      : []),
  ]
}
