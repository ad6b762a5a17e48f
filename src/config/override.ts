import { AtelierError } from '../core/index.ts'
import { type ConfigNode, listNode, mapNode, type Origin, scalarNode } from './node.ts'
import { syntaxErrorAt } from './override-error.ts'
import { parseOverrideValue } from './override-parser.ts'
import { isElement, isSweep, type OverrideElement, type OverrideValue } from './override-value.ts'

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
const SHAPE = /^(\+\+|\+|~)?([^=@]*)(?:@([^=]*))?(?:(=[ \t]*)(.*))?$/s

const ID = '[A-Za-z_][\\w-]*'
const WORD = '[A-Za-z_$][\\w$-]*'
const PART = `(?:${WORD}|0|[1-9](?:_?[0-9])*)`
/** A dotted key; one word of digits alone is none. */
const PACKAGE = new RegExp(`^(?:${WORD}|${PART}(?:\\.${PART})+)?$`)
const GROUP = new RegExp(`^${ID}(?:/${ID})+$`)

/** Parses one override of the command line. Throws CONFIG_SYNTAX with the place. */
export function parseOverride(text: string): Override {
  const [, sign = '', key = '', pkg, equals] = SHAPE.exec(text) ?? []
  const kind = KINDS[sign as keyof typeof KINDS]
  if (!PACKAGE.test(key) && !GROUP.test(key)) throw noKey(text, sign.length, key)
  if (pkg !== undefined && !PACKAGE.test(pkg)) {
    throw noKey(text, sign.length + key.length + 1, pkg, 'package')
  }
  if (equals === undefined && kind !== 'delete') throw noEquals(text)
  const value =
    equals === undefined ? undefined : parseOverrideValue(text, text.indexOf('=') + equals.length)
  return { text, kind, key, package: pkg, value }
}

const FORMS = 'Write key=value, +key=value to add a key, or ~key to delete one.'

function noKey(text: string, start: number, key: string, what = 'key'): AtelierError {
  const valid = new RegExp(`^${PART}(?:[./]${PART})*[./]?`).exec(key)?.[0].length ?? 0
  const brackets = /\[\d+\]/.test(key)
    ? ` An item of a list is ${key.replace(/\[(\d+)\]/g, '.$1')}.`
    : ''
  return syntaxErrorAt(text, start + valid, `'${key}' is not a ${what}`, `${FORMS}${brackets}`)
}

function noEquals(text: string): AtelierError {
  return syntaxErrorAt(text, undefined, 'the `=` is missing', FORMS)
}

/** The value as a tree; sweeps are refused. An absent one is an empty map. */
export function valueNode(override: Override): ConfigNode {
  const { value } = override
  const origin: Origin = { kind: 'override', text: override.text }
  if (value === undefined) return mapNode([], origin)
  if (isElement(value)) return toNode(value, origin)
  if (isSweep(value)) throw sweepError(override)
  return listNode(
    value.items.map((item) => toNode(item, origin)),
    origin,
  )
}

function toNode(value: OverrideElement, origin: Origin): ConfigNode {
  switch (value.kind) {
    case 'scalar':
      return scalarNode(value.scalar, origin)
    case 'list':
      return listNode(
        value.items.map((item) => toNode(item, origin)),
        origin,
      )
    case 'map':
      return mapNode(
        value.entries.map(([key, item]) => [key, toNode(item, origin)] as const),
        origin,
      )
  }
}

/** CONFIG_SYNTAX: what is for a multirun stands where one run is wanted. */
export function sweepError({ text, key, value }: Override): AtelierError {
  const simple = value?.kind === 'choice' && value.simple
  const raw = text.slice(text.indexOf('=') + 1)
  const others = simple
    ? `One value for a list: ${key}=[${raw}]. One text with a comma: "${key}='${raw}'".\n`
    : ''
  return new AtelierError('CONFIG_SYNTAX', `Override '${text}': several values for one run.`, {
    hint: `${others}To train once for each value, use -m: atelier train -m "${text}".`,
  })
}
