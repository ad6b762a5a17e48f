import type { z } from 'zod'
import { type ConfigNode, describeOrigin, nodeAt, toPlain } from '../../config/index.ts'
import { AtelierError, nearestName } from '../../core/index.ts'

/** SWEEP_INVALID about `key`, which stands at `node`. */
export function sweepProblem(
  node: ConfigNode,
  key: string,
  problem: string,
  hint?: string,
): AtelierError {
  const { origin } = node
  return new AtelierError('SWEEP_INVALID', `${describeOrigin(origin)}: ${key} ${problem}.`, {
    ...(hint === undefined ? {} : { hint }),
    data: { key, ...(origin.kind === 'file' ? { file: origin.file, line: origin.line } : {}) },
  })
}

export type Entries = ReadonlyMap<string, ConfigNode>

/** The keys of a map, all of which must be among `known`. */
export function entriesOf(node: ConfigNode, key: string, known?: readonly string[]): Entries {
  if (node.kind !== 'map') {
    throw sweepProblem(node, key, `is ${shown(node)}, but must hold \`key: value\` lines`)
  }
  for (const [name, child] of node.entries) {
    if (known === undefined || known.includes(name)) continue
    const nearest = nearestName(name, known)
    const hint = nearest ? `Did you mean '${nearest}'?` : `There are: ${known.join(', ')}.`
    throw sweepProblem(child, name, `is not a key of ${key}`, hint)
  }
  return node.entries
}

/** The value of a node by its schema; the schema's own message tells what it wants. */
export function readValue<T>(node: ConfigNode, key: string, schema: z.ZodType<T>): T {
  const result = schema.safeParse(toPlain(node))
  if (result.success) return result.data
  const issue = result.error.issues[0]!
  const path = issue.path.map(String)
  const place = nodeAt(node, path) ?? node
  const problem = `is ${shown(place)}, but must be ${issue.message}`
  throw sweepProblem(place, [key, ...path].join('.'), problem, exponentHint(place))
}

/** Reads those keys of a map that need not be there. */
export function optionalReader(entries: Entries, key: string) {
  return <T>(name: string, schema: z.ZodType<T>): T | undefined => {
    const node = entries.get(name)
    return node === undefined ? undefined : readValue(node, joined(key, name), schema)
  }
}

export const joined = (key: string, name: string) => (key === '' ? name : `${key}.${name}`)

const shown = (node: ConfigNode) => JSON.stringify(toPlain(node))

/** `1e-4` is text to YAML 1.1, and that is how every reader of sweep files takes it. */
function exponentHint(node: ConfigNode): string | undefined {
  if (node.kind !== 'scalar' || node.type !== 'string') return undefined
  const text = String(node.value)
  if (!/^[-+]?[0-9][0-9_.]*e[-+]?[0-9]+$/i.test(text)) return undefined
  const value = Number(text.replaceAll('_', ''))
  const [digits, exponent] = value.toExponential().split('e')
  const pointed = digits!.includes('.') ? digits : `${digits}.0`
  return `YAML reads ${text} as text: write ${pointed}e${exponent}.`
}
