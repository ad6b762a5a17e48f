/** Text that is known to be markup. Only `html` and `markup` make it, so nothing slips in unescaped. */
export interface Html {
  readonly markup: string
}

type Value = string | number | Html | undefined | readonly Value[]

/** A template in which every value is escaped unless it is `Html` itself; lists are joined. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  const pieces = parts.map((part, at) => (at === 0 ? part : render(values[at - 1]) + part))
  return { markup: pieces.join('') }
}

/** Trusted markup as it is: our own style sheet, and SVG drawn from numbers. */
export const markup = (text: string): Html => ({ markup: text })

function render(value: Value): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return escaped(value)
  if (typeof value === 'number') return String(value)
  return 'markup' in value ? value.markup : value.map(render).join('')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!)
