import { type ConfigNode, describeOrigin } from '../../config/index.ts'
import { AtelierError, nearestName } from '../../core/index.ts'

/** Throws PIPELINE_INVALID when a node is not what it should be; `where` is its path of keys. */
export type Check = (node: ConfigNode, where: string) => void

/** At the line of a node. */
export function invalidAt(node: ConfigNode, problem: string, hint?: string): AtelierError {
  const { origin } = node
  const place = origin.kind === 'file' ? { file: origin.file, line: origin.line } : {}
  return new AtelierError('PIPELINE_INVALID', `${describeOrigin(origin)}: ${problem}.`, {
    ...(hint === undefined ? {} : { hint }),
    data: place,
  })
}

const KINDS = { string: 'a text', bool: 'true or false' } as const

function scalarOf(type: keyof typeof KINDS): Check {
  return (node, where) => {
    if (node.kind === 'scalar' && node.type === type) return
    const got = node.kind === 'scalar' ? `'${node.value}'` : `a ${node.kind}`
    const hint = type === 'string' ? 'Numbers and the like need quotes to be texts.' : undefined
    throw invalidAt(node, `'${where}' is ${got}; ${KINDS[type]} is wanted`, hint)
  }
}

export const text = scalarOf('string')
export const flag = scalarOf('bool')
export const anything: Check = () => {}

export function listOf(item: Check): Check {
  return (node, where) => {
    if (node.kind !== 'list') throw invalidAt(node, `'${where}' is no list`)
    for (const [i, child] of node.items.entries()) item(child, `${where}[${i}]`)
  }
}

export function mapOf(value: Check): Check {
  return (node, where) => {
    if (node.kind !== 'map') throw invalidAt(node, `'${where}' is no map of \`key: value\``)
    for (const [key, child] of node.entries) value(child, `${where}.${key}`)
  }
}

/** Or nothing at all: `key:` alone. */
export function nullOr(check: Check): Check {
  return (node, where) => {
    if (node.kind !== 'scalar' || node.type !== 'null') check(node, where)
  }
}

/** By the kind of the node. */
export function byKind(checks: Partial<Record<ConfigNode['kind'], Check>>): Check {
  return (node, where) => {
    const check = checks[node.kind]
    if (check !== undefined) return check(node, where)
    const wanted = Object.keys(checks).map((kind) => (kind === 'scalar' ? 'a text' : `a ${kind}`))
    const got = node.kind === 'scalar' ? `'${node.value}'` : `a ${node.kind}`
    throw invalidAt(node, `'${where}' is ${got}; wanted: ${wanted.join(' or ')}`)
  }
}

/** A map that has these keys and no others. */
export function keysOf(
  keys: Readonly<Record<string, Check>>,
  required: readonly string[] = [],
): Check {
  return (node, where) => {
    if (node.kind !== 'map') throw invalidAt(node, `'${where}' is no map of \`key: value\``)
    for (const [key, child] of node.entries) {
      if (!Object.hasOwn(keys, key)) throw unknownKey(child, key, where, Object.keys(keys))
      keys[key]!(child, where === '' ? key : `${where}.${key}`)
    }
    const missing = required.find((key) => !node.entries.has(key))
    if (missing !== undefined) throw invalidAt(node, `'${where}' has no '${missing}'`)
  }
}

function unknownKey(node: ConfigNode, key: string, where: string, known: readonly string[]) {
  const nearest = nearestName(key, known)
  const place = where === '' ? '' : ` in '${where}'`
  return invalidAt(
    node,
    `unknown key '${key}'${place}`,
    nearest === undefined ? `Known are ${known.join(', ')}.` : `Did you mean '${nearest}'?`,
  )
}
