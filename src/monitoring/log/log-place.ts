/** Where predictions are logged, as `LOG_URI` and `monitoring.log` name it. */
export type LogPlace =
  | { readonly kind: 'database' }
  /** A path. */
  | { readonly kind: 'csv'; readonly path: string }
  /** One object: to read only, as objects cannot be appended to. */
  | { readonly kind: 'csv-object'; readonly url: string }
  /** A folder of objects. */
  | { readonly kind: 'objects'; readonly url: string }

/** Undefined for what is no place of a log. */
export function parseLogPlace(name: string): LogPlace | undefined {
  if (name === 'database') return { kind: 'database' }
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(name)?.[1]?.toLowerCase()
  const isCsv = name.endsWith('.csv')
  if (isCsv && (scheme === undefined || scheme === 'file')) {
    return { kind: 'csv', path: name.replace(/^file:\/\//i, '') }
  }
  if (scheme === 'gs' || scheme === 's3' || scheme === 'file') {
    return isCsv
      ? { kind: 'csv-object', url: name }
      : { kind: 'objects', url: name.replace(/\/+$/, '') }
  }
  return isCsv && (scheme === 'https' || scheme === 'http')
    ? { kind: 'csv-object', url: name }
    : undefined
}
