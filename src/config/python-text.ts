import { pythonFloat } from '../core/index.ts'
import type { ConfigNode, Scalar } from './node.ts'

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
