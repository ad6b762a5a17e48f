/** The one name of a metric, however it is written: `val/acc` and `val.acc` are `val.accuracy`. */
export function canonicalMetric(name: string): string {
  return name.replaceAll('/', '.').replace(/(^|\.)acc$/, '$1accuracy')
}
