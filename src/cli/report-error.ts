import type { AtelierError } from '../core/index.ts'
import type { TerminalStream } from './context.ts'

interface ReportOptions {
  readonly stderr: TerminalStream
  readonly json: boolean
  readonly color: boolean
}

/** Prints a failure on stderr: two or three lines of text, or with `--json` one line of JSON. */
export function reportError(error: AtelierError, options: ReportOptions): void {
  options.stderr.write(options.json ? `${errorJson(error)}\n` : errorText(error, options.color))
}

function errorJson(error: AtelierError): string {
  const { code, kind, message, hint, data } = error
  return JSON.stringify({ error: { code, kind, message, hint, data } })
}

function errorText(error: AtelierError, color: boolean): string {
  const label = `error[${error.code}]`
  const head = `${color ? `\u001b[1;31m${label}\u001b[0m` : label}: ${error.message}\n`
  const hint = error.hint === undefined ? '' : `  ${error.hint.replaceAll('\n', '\n  ')}\n`
  return `${head}${hint}${error.kind === 'internal' ? stackOf(error) : ''}`
}

/** A defect is reported with where it happened, so that it can be passed on. */
function stackOf(error: AtelierError): string {
  const source = error.cause instanceof Error ? error.cause : error
  const frames = (source.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return frames.length === 0 ? '' : `${frames.slice(0, 8).join('\n')}\n`
}
