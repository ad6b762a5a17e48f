import { markdownTable, markdownText } from '../pages/index.ts'
import type { ComparedSide, Comparison, MetricChange, SideEvaluation } from './compare-sides.ts'

export interface LinkedFigure {
  readonly title: string
  /** From the place where the text will stand, with forward slashes. */
  readonly path: string
}

export interface PullRequestInput {
  readonly head: ComparedSide
  readonly base: ComparedSide | undefined
  readonly comparison: Comparison
  readonly figures: readonly LinkedFigure[]
  formatMetric(value: number): string
  formatSetting(value: unknown, key: string): string
}

/** A comment may have 65,536 letters; no table of ours comes near. */
const MOST_ROWS = 40
const MOST_CONFUSIONS = 5

/** What a reviewer wants to know of a model, as GitHub shows Markdown: tables, no picture needs to load. */
export function pullRequestText(input: PullRequestInput): string {
  const { head, base, comparison, figures } = input
  return [
    '## Model report',
    verdictText(input),
    quiet(
      base === undefined
        ? `${head.label}: ${head.description}.`
        : `${head.label}: ${head.description}; ${base.label}: ${base.description}.`,
    ),
    metricTable(input),
    settingsText(input),
    ...(head.evaluation === undefined
      ? []
      : [classText(head.evaluation, base?.evaluation, comparison)]),
    ...(figures.length === 0 ? [] : [figuresText(figures)]),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n')
}

/** `@name` calls somebody, wherever it stands; with a sign of no width behind it, it does not. */
const plain = (text: string) => text.replaceAll('@', '@\u200b')
const quiet = (text: string) => markdownText(plain(text))
const table = (columns: readonly string[], rows: readonly (readonly string[])[]) =>
  markdownTable(
    columns.map(plain),
    rows.map((row) => row.map(plain)),
    'right',
  )

function verdictText({ head, base, comparison, formatMetric }: PullRequestInput): string {
  const { verdict, metric, difference } = comparison
  if (base === undefined) return '**Nothing to compare with.**'
  if (metric === undefined)
    return `**The two have no metric in common**, ${quiet(base.label)} and ${quiet(head.label)}.`
  const name = quiet(metric.metric)
  const moved = `${name} ${formatMetric(metric.head!)}, ${changeText(metric, formatMetric)} against ${quiet(base.label)}`
  if (difference === undefined) {
    return `**${VERDICTS[verdict]}:** ${moved}. It is not known whether both were judged on the same images.`
  }
  const { size, split } = head.evaluation!.dataset
  const interval = `${points(difference.low)} to ${points(difference.high)} points`
  return `**${VERDICTS[verdict]}:** ${moved}. On the same ${grouped(size)} ${SPLITS[split]} images the accuracy changed by ${points(difference.value)} points, with 95 % confidence by ${interval}.`
}

const VERDICTS: Readonly<Record<Comparison['verdict'], string>> = {
  better: '↑ Better',
  worse: '↓ Worse',
  same: '= The same',
  unclear: '≈ Not told apart',
  alone: '',
}

const SPLITS = { test: 'test', val: 'validation' } as const

/** `↑ 0.0050`, with whether that is good. */
function changeText(
  { change, isBetter }: MetricChange,
  formatMetric: PullRequestInput['formatMetric'],
): string {
  if (change === undefined || Number.isNaN(change)) return ''
  if (change === 0) return '='
  const judged = isBetter === undefined ? '' : isBetter ? ' (better)' : ' (worse)'
  return `${change > 0 ? '↑' : '↓'} ${formatMetric(Math.abs(change))}${judged}`
}

function metricTable({ head, base, comparison, formatMetric }: PullRequestInput): string {
  const shown = (value: number | undefined) => (value === undefined ? '' : formatMetric(value))
  const rows = comparison.metrics.map((one) =>
    base === undefined
      ? [one.metric, shown(one.head)]
      : [one.metric, shown(one.base), shown(one.head), changeText(one, formatMetric)],
  )
  if (rows.length === 0) return ''
  const columns =
    base === undefined ? ['metric', head.label] : ['metric', base.label, head.label, 'change']
  return `${table(columns, rows.slice(0, MOST_ROWS))}${more(rows.length)}`
}

const more = (count: number) => (count <= MOST_ROWS ? '' : `\n\n… and ${count - MOST_ROWS} more.`)

function settingsText({ head, base, comparison, formatSetting }: PullRequestInput): string {
  const { config } = comparison
  if (base === undefined) return ''
  if (config === undefined) {
    const unknown = [head, base].filter((side) => side.config === undefined)
    return `Settings are not compared: those of ${unknown.map(({ label }) => quiet(label)).join(' and ')} are not known.`
  }
  if (config.length === 0) return 'All settings are alike.'
  const rows = config.map(({ key, base: before, head: after }) => [
    key,
    ...[before, after].map((value) => (value === undefined ? '–' : formatSetting(value, key))),
  ])
  const title = `${config.length} ${config.length === 1 ? 'setting differs' : 'settings differ'}`
  return folded(
    title,
    `${table(['setting', base.label, head.label], rows.slice(0, MOST_ROWS))}${more(rows.length)}`,
  )
}

const folded = (title: string, text: string) =>
  `<details><summary>${title}</summary>\n\n${text}\n\n</details>`

/** How each class is recognized, and what is taken for what. */
function classText(
  head: SideEvaluation,
  base: SideEvaluation | undefined,
  { difference }: Comparison,
): string {
  const before = difference === undefined || base === undefined ? undefined : recallsOf(base)
  const rows = head.classes.map((name, at) => {
    const { precision, recall, f1, support } = head.per_class[at]!
    const scores = [precision, recall, f1].map((score) => score.toFixed(4))
    const old = before?.get(name)
    const change = old === undefined ? '' : `${arrow(recall - old)} ${points(recall - old)}`
    return [name, ...scores, grouped(support), ...(before === undefined ? [] : [change])]
  })
  const columns = ['class', 'precision', 'recall', 'F1', 'images']
  const all = before === undefined ? columns : [...columns, 'recall, points']
  const { name, split, size } = head.dataset
  const title = `Classes: ${escapeHtml(name)}, ${grouped(size)} ${SPLITS[split]} images`
  return folded(
    title,
    `${table(all, rows.slice(0, MOST_ROWS))}${more(rows.length)}${confusionText(head)}`,
  )
}

const recallsOf = ({ classes, per_class }: SideEvaluation) =>
  new Map(classes.map((name, at) => [name, per_class[at]?.recall ?? Number.NaN]))

function confusionText({ top_confusions: confusions = [] }: SideEvaluation): string {
  if (confusions.length === 0) return ''
  const lines = confusions
    .slice(0, MOST_CONFUSIONS)
    .map(
      ({ actual, predicted, count, share }) =>
        `- ${quiet(actual)} taken for ${quiet(predicted)}: ${grouped(count)} (${(100 * share).toFixed(1)} %)`,
    )
  return `\n\nMost often confused:\n\n${lines.join('\n')}`
}

function figuresText(figures: readonly LinkedFigure[]): string {
  const lines = figures.map(
    ({ title, path }) => `![${quiet(title)}](${path.split('/').map(encodeURIComponent).join('/')})`,
  )
  return folded('Figures', lines.join('\n\n'))
}

const arrow = (change: number) => (change > 0 ? '↑' : change < 0 ? '↓' : '=')

/** A difference of shares: `+0.52`. */
const points = (share: number) => `${share >= 0 ? '+' : '−'}${Math.abs(100 * share).toFixed(2)}`

const grouped = (count: number) => count.toLocaleString('en-US')

const escapeHtml = (text: string) => plain(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;')
