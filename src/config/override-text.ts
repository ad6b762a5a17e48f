import type { OverrideElement, QuoteMark } from './override-value.ts'
import { pythonText } from './python-text.ts'

/** A value in override syntax, as Hydra writes it for a job of a multirun. */
export function elementText(element: OverrideElement): string {
  if (element.kind === 'list') return `[${element.items.map(elementText).join(',')}]`
  if (element.kind === 'map') {
    const entries = element.entries.map(([key, item]) => `${escaped(key)}:${elementText(item)}`)
    return `{${entries.join(',')}}`
  }
  const { scalar, quote } = element
  if (scalar.type === 'null') return 'null'
  if (scalar.type !== 'string') return pythonText(scalar)
  const text = String(scalar.value)
  return quote === undefined ? escaped(text) : inQuotes(text, quote)
}

/** Every special character with a backslash before it. */
function escaped(text: string): string {
  return text.replace(/[\\()[\]{}:=, \t]/g, '\\$&')
}

/** Backslashes count only before a quote, where they are doubled. */
function inQuotes(text: string, quote: QuoteMark): string {
  const body = text.replace(new RegExp(`(\\\\*)(${quote}|$)`, 'g'), (_all, slashes, end) =>
    end === '' ? `${slashes}${slashes}` : `${slashes}${slashes}\\${end}`,
  )
  return `${quote}${body}${quote}`
}
