import { nearestName } from '../core/index.ts'
import { castValue } from './override-casts.ts'
import { sortValue } from './override-sort.ts'
import {
  isElement,
  isSweep,
  type NumberScalar,
  type OverrideElement,
  type OverrideSweep,
  type OverrideValue,
} from './override-value.ts'

export interface FunctionArguments {
  readonly plain: readonly OverrideValue[]
  readonly named: readonly (readonly [string, OverrideValue])[]
}

interface FunctionSpec {
  /** Names of the parameters, in order. */
  readonly names: readonly string[]
  /** Takes any number of plain arguments, which have no name. */
  readonly variadic?: true
  readonly call: (args: BoundArguments) => OverrideValue
}

interface BoundArguments {
  readonly all: readonly OverrideValue[]
  readonly get: (name: string) => OverrideValue | undefined
}

/** Hydra's functions; `json_str` and `extend_list` are those of its next version. */
const FUNCTIONS: Readonly<Record<string, FunctionSpec>> = {
  int: cast('int'),
  float: cast('float'),
  str: cast('str'),
  bool: cast('bool'),
  json_str: cast('json_str'),
  choice: { names: [], variadic: true, call: ({ all }) => choice(all) },
  range: { names: ['start', 'stop', 'step'], call: range },
  interval: {
    names: ['start', 'end'],
    call: ({ get }) => ({
      kind: 'interval',
      start: { type: 'float', value: numberOf(get('start'), 'start').value },
      end: { type: 'float', value: numberOf(get('end'), 'end').value },
    }),
  },
  glob: {
    names: ['include', 'exclude'],
    call: ({ get }) => ({
      kind: 'glob',
      include: patterns(get('include'), 'include'),
      exclude: get('exclude') === undefined ? [] : patterns(get('exclude'), 'exclude'),
    }),
  },
  sort: { names: ['sweep', 'list', 'reverse'], variadic: true, call: sort },
  shuffle: { names: ['sweep', 'list'], variadic: true, call: shuffle },
  tag: { names: ['sweep'], variadic: true, call: tag },
  extend_list: {
    names: [],
    variadic: true,
    call: ({ all }) => ({ kind: 'extend', items: all.map((item) => elementOf(item)) }),
  },
}

/** The value of a function in an override. Throws RangeError and TypeError for wrong arguments. */
export function callFunction(name: string, given: FunctionArguments): OverrideValue {
  const spec = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
  if (spec === undefined) {
    const nearest = nearestName(name, Object.keys(FUNCTIONS))
    const others = Object.keys(FUNCTIONS).join(', ')
    throw new TypeError(
      `there is no such function; ${nearest ? `did you mean '${nearest}'?` : `there are ${others}`}`,
    )
  }
  return spec.call(bind(spec, given))
}

function bind({ names, variadic }: FunctionSpec, given: FunctionArguments): BoundArguments {
  const all = given.plain.map(withoutQuote)
  const bound = new Map<string, OverrideValue>()
  if (!variadic) {
    if (all.length > names.length) throw new TypeError(`takes at most ${names.length} arguments`)
    all.forEach((value, i) => {
      bound.set(names[i]!, value)
    })
  }
  for (const [name, value] of given.named) {
    if (!names.includes(name)) throw new TypeError(`has no argument '${name}'`)
    if (bound.has(name)) throw new TypeError(`got '${name}' twice`)
    bound.set(name, withoutQuote(value))
  }
  return { all, get: (name) => bound.get(name) }
}

/** Quotes say that an argument is a text; inside the function it is one. */
function withoutQuote(value: OverrideValue): OverrideValue {
  return value.kind === 'scalar' ? { kind: 'scalar', scalar: value.scalar } : value
}

function cast(target: 'int' | 'float' | 'str' | 'bool' | 'json_str'): FunctionSpec {
  return {
    names: ['value'],
    variadic: true,
    call: ({ all, get }) => {
      const named = get('value')
      if (all.length > 0 && named !== undefined) throw new TypeError('got its value twice')
      if (named === undefined && all.length === 0) throw new TypeError('needs a value')
      return castValue(target, named ?? (all.length === 1 ? all[0]! : simpleChoice(all)))
    },
  }
}

function simpleChoice(values: readonly OverrideValue[]): OverrideSweep {
  return { kind: 'choice', items: values.map(elementOf), simple: true, shuffle: false }
}

function elementOf(value: OverrideValue): OverrideElement {
  if (isElement(value)) return value
  throw new TypeError(`cannot hold a ${value.kind}`)
}

function choice(values: readonly OverrideValue[]): OverrideSweep {
  if (values.length === 0) throw new RangeError('needs at least one value')
  const [first] = values
  if (values.length === 1 && first!.kind === 'choice') {
    if (first!.simple) return { ...first!, simple: false }
    throw new RangeError('cannot hold a choice')
  }
  const items = values.map(elementOf)
  if (items.some((item) => item.kind === 'scalar' && item.scalar.type === 'null')) {
    throw new TypeError('cannot hold null; a plain list of values can: key=null,1')
  }
  return { kind: 'choice', items, simple: false, shuffle: false }
}

function range({ get }: BoundArguments): OverrideSweep {
  const first = numberOf(get('start'), 'start')
  const second = get('stop')
  const hasStop =
    second !== undefined && !(second.kind === 'scalar' && second.scalar.type === 'null')
  return {
    kind: 'range',
    start: hasStop ? first : { type: 'int', value: 0 },
    stop: hasStop ? numberOf(second, 'stop') : first,
    step: get('step') === undefined ? { type: 'int', value: 1 } : numberOf(get('step'), 'step'),
    shuffle: false,
  }
}

function numberOf(value: OverrideValue | undefined, name: string): NumberScalar {
  if (value === undefined) throw new TypeError(`needs '${name}'`)
  if (value.kind === 'scalar') {
    const { type, value: content } = value.scalar
    if (type === 'int' || type === 'float') return { type, value: content as number }
  }
  throw new TypeError(`'${name}' must be a number`)
}

function patterns(value: OverrideValue | undefined, name: string): readonly string[] {
  const items = value?.kind === 'list' ? value.items : [value]
  return items.map((item) => {
    if (item?.kind === 'scalar' && item.scalar.type === 'string') return String(item.scalar.value)
    throw new TypeError(`'${name}' must be a pattern or a list of patterns`)
  })
}

function sort({ all, get }: BoundArguments): OverrideValue {
  const descending = flag(get('reverse'), 'reverse')
  const list = get('list')
  if (list !== undefined && list.kind !== 'list') throw new TypeError("'list' must be a list")
  const named = list ?? get('sweep')
  if (named === undefined && all.length === 0) throw new RangeError('needs values to sort')
  return sortValue(named ?? (all.length === 1 ? all[0]! : simpleChoice(all)), descending)
}

function flag(value: OverrideValue | undefined, name: string): boolean {
  if (value === undefined) return false
  if (value.kind === 'scalar' && value.scalar.type === 'bool') return value.scalar.value === true
  throw new TypeError(`'${name}' must be true or false`)
}

function shuffle({ all, get }: BoundArguments): OverrideValue {
  const named = get('list') ?? get('sweep')
  const value = named ?? (all.length === 1 ? all[0]! : simpleChoice(all))
  if (value.kind === 'choice' || value.kind === 'range') return { ...value, shuffle: true }
  if (value.kind === 'list') return { kind: 'list', items: shuffled(value.items) }
  if (value.kind === 'scalar') return { kind: 'list', items: [value] }
  throw new TypeError(`cannot shuffle a ${value.kind}`)
}

/** A copy in another order, drawn anew at every call (Fisher-Yates). */
export function shuffled<T>(items: readonly T[], pick = randomBelow): T[] {
  const copy = [...items]
  for (let i = copy.length - 1; i > 0; i--) {
    const j = pick(i + 1)
    ;[copy[i], copy[j]] = [copy[j]!, copy[i]!]
  }
  return copy
}

const randomBelow = (bound: number) => Math.floor(Math.random() * bound)

/** Tags are for sweepers that read them; the sweep stays what it was. */
function tag({ all, get }: BoundArguments): OverrideValue {
  const values = get('sweep') === undefined ? all : [...all, get('sweep')!]
  const sweep = values.at(-1)
  if (all.length === 0 || sweep === undefined) throw new RangeError('needs a sweep')
  const names = values.slice(0, -1)
  if (names.some((name) => name.kind !== 'scalar' || name.scalar.type !== 'string')) {
    throw new TypeError('takes texts as tags')
  }
  if (isSweep(sweep) && sweep.kind !== 'glob') return sweep
  throw new TypeError('needs a choice(), range() or interval() at the end')
}
