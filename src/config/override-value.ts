import type { Scalar } from './node.ts'

/** One value, as an override gives it. */
export type OverrideElement =
  | {
      readonly kind: 'scalar'
      readonly scalar: Scalar
      /** The quote it stood in; functions take quotes off. */
      readonly quote?: QuoteMark
    }
  | { readonly kind: 'list'; readonly items: readonly OverrideElement[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [string, OverrideElement])[] }

export type QuoteMark = "'" | '"'

export interface NumberScalar {
  readonly type: 'int' | 'float'
  readonly value: number
}

/** Several values, one per job of a multirun. */
export type OverrideSweep =
  | {
      readonly kind: 'choice'
      readonly items: readonly OverrideElement[]
      /** Written `a,b` and not `choice(a,b)`. */
      readonly simple: boolean
      readonly shuffle: boolean
    }
  | {
      readonly kind: 'range'
      readonly start: NumberScalar
      readonly stop: NumberScalar
      readonly step: NumberScalar
      readonly shuffle: boolean
    }
  /** Continuous: known to the grammar, but there is nothing to enumerate. */
  | { readonly kind: 'interval'; readonly start: NumberScalar; readonly end: NumberScalar }
  /** The options of the group that the key names. */
  | {
      readonly kind: 'glob'
      readonly include: readonly string[]
      readonly exclude: readonly string[]
    }

/** `extend_list(a,b)`: items that go to the end of the list there is. */
export interface OverrideExtension {
  readonly kind: 'extend'
  readonly items: readonly OverrideElement[]
}

export type OverrideValue = OverrideElement | OverrideSweep | OverrideExtension

export function isElement(value: OverrideValue): value is OverrideElement {
  return value.kind === 'scalar' || value.kind === 'list' || value.kind === 'map'
}

export function isSweep(value: OverrideValue): value is OverrideSweep {
  return !isElement(value) && value.kind !== 'extend'
}

export function stringElement(value: string, quote?: QuoteMark): OverrideElement {
  const scalar: Scalar = { type: 'string', value }
  return quote === undefined ? { kind: 'scalar', scalar } : { kind: 'scalar', scalar, quote }
}
