import type { ConfigNode, Scalar } from './node.ts'

/** A float as Python's `repr` writes it: `0.1`, `1.0`, `1e-05`, `inf`. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (Object.is(value, -0)) return '-0.0'
  const [digits, power] = value.toExponential().split('e') as [string, string]
  const exponent = Number(power)
  if (exponent < -4 || exponent >= 16) return `${digits}e${power.replace(/^([-+])(\d)$/, '$10$2')}`
  // below 1e21 JavaScript writes no exponent, and above 1e-7 neither
  const plain = String(value)
  return plain.includes('.') ? plain : `${plain}.0`
}

/** As Python's `str()` writes it into a text. */
export function pythonText({ type, value }: Scalar): string {
  if (type === 'null') return 'None'
  if (type === 'bool') return value ? 'True' : 'False'
  return type === 'float' ? pythonFloat(value as number) : String(value)
}

/** As Python's `str()` writes a tree into a text: texts inside lists and maps stand in quotes. */
export function pythonTreeText(node: ConfigNode): string {
  return node.kind === 'scalar' ? pythonText(node) : pythonRepr(node)
}

function pythonRepr(node: ConfigNode): string {
  if (node.kind === 'list') return `[${node.items.map(pythonRepr).join(', ')}]`
  if (node.kind === 'map') {
    const entries = [...node.entries].map(([key, child]) => `${quoted(key)}: ${pythonRepr(child)}`)
    return `{${entries.join(', ')}}`
  }
  return node.type === 'string' ? quoted(String(node.value)) : pythonText(node)
}

function quoted(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t')
  if (text.includes("'") && !text.includes('"')) return `"${escaped}"`
  return `'${escaped.replaceAll("'", "\\'")}'`
}
