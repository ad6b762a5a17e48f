/** Text with `${…}` in it, parsed: `a${b.c}` or `${oc.env:HOME,/tmp}`; `\${` is a plain `${`. */
export type InterpolationPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'key'; readonly path: readonly InterpolationPart[] }
  | {
      readonly kind: 'resolver'
      readonly name: string
      readonly args: readonly (readonly InterpolationPart[])[]
    }

/** Parses a string value. Returns undefined when a `${` is not closed. */
export function parseInterpolation(text: string): readonly InterpolationPart[] | undefined {
  const reader = { text, position: 0 }
  try {
    return parseParts(reader, '')
  } catch (error) {
    if (error instanceof UnclosedError) return undefined
    throw error
  }
}

class UnclosedError extends Error {}

interface Reader {
  readonly text: string
  position: number
}

/** Parts up to one of `stops` at this depth, or to the end of the text when there are no stops. */
function parseParts(reader: Reader, stops: string): InterpolationPart[] {
  const parts: InterpolationPart[] = []
  let text = ''
  // inside quotes of an argument, commas and braces are text
  let quote = ''
  const flush = () => {
    if (text !== '') parts.push({ kind: 'text', text })
    text = ''
  }
  for (; reader.position < reader.text.length; ) {
    const rest = reader.text.slice(reader.position)
    if (rest.startsWith('\\${')) {
      text += '${'
      reader.position += 3
    } else if (rest.startsWith('${')) {
      flush()
      reader.position += 2
      parts.push(parseReference(reader))
    } else if (quote === '' && stops.includes(rest[0]!)) {
      flush()
      return parts
    } else {
      if (rest[0] === quote) quote = ''
      else if (stops.includes(',') && quote === '' && /['"]/.test(rest[0]!)) quote = rest[0]!
      text += rest[0]
      reader.position++
    }
  }
  if (stops !== '') throw new UnclosedError()
  flush()
  return parts
}

/** After `${`: a key, or a resolver with its arguments. Stops behind the `}`. */
function parseReference(reader: Reader): InterpolationPart {
  const name = /^\s*([A-Za-z_][\w.]*)\s*:/.exec(reader.text.slice(reader.position))
  if (name === null) {
    const path = parseParts(reader, '}')
    reader.position++
    return { kind: 'key', path }
  }
  reader.position += name[0].length
  const args: InterpolationPart[][] = []
  for (;;) {
    args.push(trimBlanks(parseParts(reader, ',}')))
    if (reader.text[reader.position++] === '}') break
  }
  return { kind: 'resolver', name: name[1]!, args }
}

function trimBlanks(parts: readonly InterpolationPart[]): InterpolationPart[] {
  return parts.map((part, i) => {
    if (part.kind !== 'text') return part
    const start = i === 0 ? part.text.trimStart() : part.text
    return { kind: 'text', text: i === parts.length - 1 ? start.trimEnd() : start }
  })
}
