import { pythonFloat } from '../core/index.ts'
import type { ConfigNode, ScalarNode } from './node.ts'
import { resolvePlainScalar } from './yaml-scalars.ts'

/** A tree as YAML that reads back as the same values, in YAML 1.1 and in 1.2. */
export function toYaml(node: ConfigNode): string {
  if (node.kind === 'scalar') return `${scalarText(node)}\n`
  const lines = blockLines(node)
  return lines.length === 0 ? `${emptyText(node)}\n` : `${lines.join('\n')}\n`
}

function blockLines(node: ConfigNode): string[] {
  if (node.kind === 'map') {
    return [...node.entries].flatMap(([key, child]) => entryLines(`${keyText(key)}:`, child, '  '))
  }
  if (node.kind === 'list') return node.items.flatMap((item) => itemLines(item))
  return [scalarText(node)]
}

/** PyYAML's layout: a list is not indented under its key. */
function entryLines(head: string, child: ConfigNode, indent: string): string[] {
  if (child.kind === 'scalar') return [`${head} ${scalarText(child)}`]
  const lines = blockLines(child)
  if (lines.length === 0) return [`${head} ${emptyText(child)}`]
  const inner = child.kind === 'list' ? '' : indent
  return [head, ...lines.map((line) => `${inner}${line}`)]
}

function itemLines(item: ConfigNode): string[] {
  const [first, ...rest] = blockLines(item)
  if (first === undefined) return [`- ${emptyText(item)}`]
  return [`- ${first}`, ...rest.map((line) => `  ${line}`)]
}

const emptyText = (node: ConfigNode) => (node.kind === 'list' ? '[]' : '{}')

function scalarText({ type, value }: ScalarNode): string {
  if (type === 'null') return 'null'
  if (type === 'float') return floatText(value as number)
  return type === 'string' ? stringText(value as string) : String(value)
}

const keyText = (key: string) => stringText(key)

/** Python's repr, with `.0` before the exponent, so that every YAML reads a float. */
function floatText(value: number): string {
  const text = pythonFloat(value)
  if (!Number.isFinite(value)) return text.replace(/(inf|nan)$/, '.$1')
  return text.replace(/^(-?\d+)e/, '$1.0e')
}

const SPECIAL_START = /^[\s\-?:,[\]{}#&*!|>'"%@`]/
const PLAIN_START = /^[-?:][^\s,[\]{}]/

/** Quoted when it would read as something else than this string. */
function stringText(text: string): string {
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)) return JSON.stringify(text)
  // dates, `=` and `<<` mean something to YAML 1.1 readers; some numbers only to YAML 1.2
  const reserved = /^(?:=|<<|\d{4}-\d\d?-\d\d?.*)$/.test(text)
  const number = /^[-+.]?\d/.test(text) && Number.isFinite(Number(text))
  const ambiguous = reserved || number || resolvePlainScalar(text).type !== 'string'
  const special = SPECIAL_START.test(text) && !PLAIN_START.test(text)
  const inside = /: |:$| #|\s$/.test(text)
  return ambiguous || special || inside ? `'${text.replaceAll("'", "''")}'` : text
}
