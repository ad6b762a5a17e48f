import { AtelierError } from '../core/index.ts'
import { type ConfigNode, listNode, mapNode, type Origin, scalarNode } from './node.ts'
import { type OverrideValue, parseOverrideValue } from './override-value.ts'

/** `key=v` changes, `+key=v` adds, `++key=v` does either, `~key` deletes. */
export type OverrideKind = 'change' | 'add' | 'force' | 'delete'

export interface Override {
  /** As typed. */
  readonly text: string
  readonly kind: OverrideKind
  /** A dotted key, or a group with slashes. */
  readonly key: string
  /** The `pkg` of `group@pkg=option`. */
  readonly package: string | undefined
  /** Absent for `~key`. */
  readonly value: OverrideValue | undefined
}

const KINDS = { '': 'change', '+': 'add', '++': 'force', '~': 'delete' } as const
const SHAPE = /^(\+\+|\+|~)?([^=@]*)(?:@([^=]*))?(?:(=)(.*))?$/s
const KEY =
  /^(?:[A-Za-z_$][\w$-]*|\d+)(?:[./](?:[A-Za-z_$][\w$-]*|\d+))*$|^[A-Za-z_][\w$-]*(?:\/[A-Za-z_][\w$-]*)+$/

/** Parses one override of the command line. Throws CONFIG_SYNTAX. */
export function parseOverride(text: string): Override {
  const [, sign = '', key = '', pkg, equals, rawValue = ''] = SHAPE.exec(text) ?? []
  const kind = KINDS[sign as keyof typeof KINDS]
  if (!KEY.test(key)) throw syntaxError(text, `'${key}' is not a key`)
  if (equals === undefined && kind !== 'delete') throw syntaxError(text, 'the `=` is missing')
  const value = equals === undefined ? undefined : parseOverrideValue(rawValue.trim(), text)
  return { text, kind, key, package: pkg, value }
}

function syntaxError(text: string, what: string): AtelierError {
  return new AtelierError('CONFIG_SYNTAX', `Override '${text}': ${what}.`, {
    hint: 'Write key=value, +key=value to add a key, or ~key to delete one.',
  })
}

/** The value as a tree; sweeps are refused. */
export function valueNode(override: Override): ConfigNode {
  const origin: Origin = { kind: 'override', text: override.text }
  return toNode(override.value ?? { kind: 'map', entries: [] }, override, origin)
}

function toNode(value: OverrideValue, override: Override, origin: Origin): ConfigNode {
  switch (value.kind) {
    case 'scalar':
      return scalarNode(value.scalar, origin)
    case 'list':
      return listNode(
        value.items.map((item) => toNode(item, override, origin)),
        origin,
      )
    case 'map':
      return mapNode(
        value.entries.map(([key, item]) => [key, toNode(item, override, origin)] as const),
        origin,
      )
    case 'function':
      throw syntaxError(override.text, `a value cannot be the function '${value.name}'`)
    case 'sweep':
      throw sweepError(override)
  }
}

function sweepError(override: Override): AtelierError {
  return new AtelierError(
    'CONFIG_SYNTAX',
    `Override '${override.text}': several values for one run.`,
    {
      hint: `Give one value; a list is written ${override.key}=[a,b], a text with a comma in quotes.`,
    },
  )
}
