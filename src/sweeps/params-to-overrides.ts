import type { ParameterValue } from './definition/distribution.ts'
import type { TrialParams } from './sampling/trial.ts'

/** Parameters by their dotted name; what is nested in them is not a value. */
export function flattenParams(params: TrialParams, prefix = ''): [string, ParameterValue][] {
  return Object.entries(params).flatMap(([name, value]): [string, ParameterValue][] => {
    const key = `${prefix}${name}`
    if (!isMap(value)) return [[key, value]]
    return flattenParams(value, `${key}.`)
  })
}

/** Parameters as overrides of the configuration: `hyperparameters.batch_size=64`. */
export function paramsToOverrides(params: TrialParams): string[] {
  return flattenParams(params).map(([key, value]) => `${key}=${overrideText(value)}`)
}

function overrideText(value: ParameterValue): string {
  if (Array.isArray(value)) return `[${value.map(overrideText).join(',')}]`
  if (isMap(value)) {
    return `{${Object.entries(value).map(([key, item]) => `${key}:${overrideText(item)}`)}}`
  }
  if (typeof value !== 'string') return String(value)
  // quotes keep a text a text, whatever it looks like
  return isPlain(value) ? value : `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

const isPlain = (text: string) =>
  /^[A-Za-z_][\w./-]*$/.test(text) &&
  !/^(?:true|false|null|none|nan|inf|yes|no|on|off)$/i.test(text)

const isMap = (value: ParameterValue): value is TrialParams =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
