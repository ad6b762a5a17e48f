import { AtelierError } from '../../core/index.ts'
import { isMap, type Value, type ValueMap, valueAt } from '../yaml12/value.ts'

/** The values that `${…}` may name, and where each was set: a later one must not replace it. */
export interface TemplateContext {
  readonly values: ValueMap
  /** By the dotted path of every value that is no map. */
  readonly sources: ReadonlyMap<string, string>
}

export const emptyContext: TemplateContext = { values: new Map(), sources: new Map() }

/** With more values; maps are merged. Throws PIPELINE_INVALID when one is there already. */
export function mergeContext(
  context: TemplateContext,
  values: ValueMap,
  source: string,
): TemplateContext {
  const sources = new Map(context.sources)
  const merge = (into: ValueMap, update: ValueMap, path: readonly string[]): ValueMap => {
    const merged = new Map(into)
    for (const [key, value] of update) {
      const own = into.get(key)
      const here = [...path, key]
      if (isMap(own) && isMap(value)) {
        merged.set(key, merge(own, value, here))
        continue
      }
      if (into.has(key)) throw redefined(here, source, context.sources)
      merged.set(key, value)
      sources.set(here.join('.'), source)
    }
    return merged
  }
  return { values: merge(context.values, values, []), sources }
}

function redefined(path: readonly string[], source: string, sources: ReadonlyMap<string, string>) {
  const name = path.join('.')
  const [, first] =
    [...sources].find(
      ([key]) => key === name || key.startsWith(`${name}.`) || name.startsWith(`${key}.`),
    ) ?? []
  return new AtelierError(
    'PIPELINE_INVALID',
    `'${name}' of ${source} is set already${first === undefined ? '' : ` by ${first}`}.`,
    { hint: 'Variables of templates are set once: rename one of them.' },
  )
}

/** With values that hide those of the same name: `item` and `key` of one stage of many. */
export function withValues(context: TemplateContext, values: ValueMap): TemplateContext {
  return { ...context, values: new Map([...context.values, ...values]) }
}

/** The value at `a.b[0]`; undefined where there is none. */
export function selectValue({ values }: TemplateContext, path: string): Value | undefined {
  return valueAt(values, path.replaceAll('[', '.').replaceAll(']', ''))
}
