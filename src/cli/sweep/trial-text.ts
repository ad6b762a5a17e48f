import { flattenParams, type TrialSummary } from '../../sweeps/index.ts'

/** `0.8912`, `12.35`, `3.1e-5`; whole numbers as they are. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value) || Number.isInteger(value)) return String(value)
  const size = Math.abs(value)
  if (size < 1e-3) return String(Number(value.toPrecision(3)))
  if (size >= 1e5) return String(Math.round(value))
  return size < 10 ? value.toFixed(4) : value.toFixed(2)
}

/** A parameter's value as it is shown: numbers in three digits, texts bare, the rest as JSON. */
export function formatValue(value: unknown): string {
  if (typeof value === 'number') {
    return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)))
  }
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

type Params = TrialSummary['params']

/** Values of nested parameters by their paths: `optimizer.name`. */
export const flatParams = (params: Params): Params => Object.fromEntries(flattenParams(params))

/** `lr=0.01 model=cnn`; what a trial has not is left out. */
export function formatParameters(params: Params, names: readonly string[]): string {
  const values = flatParams(params)
  return names
    .flatMap((name) => (name in values ? [`${shortName(name)}=${formatValue(values[name])}`] : []))
    .join(' ')
}

/** `0.8912 ± 0.0021`, or only the first where there is one seed. */
export function formatMetric({ metric, deviation }: TrialSummary): string {
  if (metric === null) return ''
  return deviation === null
    ? formatNumber(metric)
    : `${formatNumber(metric)} ± ${deviation.toFixed(4)}`
}

/** As shown in tables: `learning_rate`, `model.type`. */
export const shortName = (name: string) => name.replace(/^hyperparameters\./, '')

/** Names of parameters that differ between the trials; all where none does. Sorted. */
export function varyingNames(trials: readonly { readonly params: Params }[]) {
  const values = new Map<string, Set<string>>()
  for (const { params } of trials) {
    for (const [name, value] of Object.entries(flatParams(params))) {
      const seen = values.get(name) ?? new Set()
      values.set(name, seen.add(formatValue(value)))
    }
  }
  const names = [...values.keys()].sort()
  const varying = names.filter((name) => values.get(name)!.size > 1)
  return varying.length === 0 ? names : varying
}
