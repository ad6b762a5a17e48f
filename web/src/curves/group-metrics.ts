/** One chart: metrics that belong on one axis. */
export interface MetricGroup {
  readonly title: string
  readonly metrics: readonly string[]
}

/** What people look at first. */
const FIRST = ['loss', 'accuracy', 'learning_rate']
/** Drawn over the others, and named first. */
const PARTS = ['val', 'train', 'batch']

/** `train.loss`, `val.loss` and `batch.loss` share a chart; what the machine did comes last. */
export function groupMetrics(metrics: readonly string[]): MetricGroup[] {
  const groups = new Map<string, string[]>()
  for (const metric of metrics) {
    const title = titleOf(metric)
    groups.set(title, [...(groups.get(title) ?? []), metric])
  }
  return [...groups]
    .map(([title, members]) => ({ title, metrics: members.sort(byPart) }))
    .sort((a, b) => rank(a.title) - rank(b.title) || a.title.localeCompare(b.title))
}

function titleOf(metric: string): string {
  const [part = '', ...rest] = metric.split('.')
  return PARTS.includes(part) && rest.length > 0 ? rest.join('.') : metric
}

function byPart(a: string, b: string): number {
  const rankOf = (metric: string) => PARTS.indexOf(metric.split('.')[0]!)
  return rankOf(a) - rankOf(b)
}

function rank(title: string): number {
  if (title.startsWith('system.')) return 100
  const at = FIRST.indexOf(title)
  return at === -1 ? FIRST.length : at
}
