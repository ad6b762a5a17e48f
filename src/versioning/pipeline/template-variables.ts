import { resolve } from 'node:path'
import { AtelierError } from '../../core/index.ts'
import { isList, isMap, type Value, type ValueMap } from '../yaml12/value.ts'
import { readParameterFile } from './parameter-file.ts'
import { hasExpression } from './template.ts'
import { mergeContext, type TemplateContext } from './template-context.ts'

/** The `vars` of a file or a stage: files with or without keys, and values. */
export function variablesOf(content: ValueMap, where: string): readonly Value[] {
  const list = content.get('vars')
  const items = isList(list) ? list : []
  if (items.some(holdsExpression)) {
    throw new AtelierError('PIPELINE_INVALID', `${where}: no \${…} may stand in 'vars'.`)
  }
  return items
}

function holdsExpression(value: Value): boolean {
  if (isMap(value))
    return [...value].some(([key, child]) => hasExpression(key) || holdsExpression(child))
  return isList(value)
    ? value.some(holdsExpression)
    : typeof value === 'string' && hasExpression(value)
}

export interface VariableOptions {
  /** Relative paths start here. */
  readonly folder: string
  /** Whether `params.yaml` belongs to them where it exists. */
  readonly withDefault: boolean
  readonly source: string
}

/** Adds values and the content of files to those that templates may name. Throws PIPELINE_PARAMETERS, PIPELINE_INVALID. */
export async function loadVariables(
  start: TemplateContext,
  items: readonly Value[],
  { folder, withDefault, source }: VariableOptions,
): Promise<TemplateContext> {
  let context = start
  const loaded = new Set<string>()
  const load = async (item: string, isOptional: boolean) => {
    const [path = '', keys = ''] = item.split(/:(?!\\|\/)/)
    const wanted = keys.split(',').filter(Boolean)
    const absolute = resolve(folder, path)
    if (wanted.length === 0 && loaded.has(absolute)) return
    const content = await readParameterFile(absolute, path)
    if (content === undefined) {
      if (isOptional) return
      throw new AtelierError('PIPELINE_PARAMETERS', `'${path}' of 'vars' does not exist.`, {
        hint: `Looked for ${absolute}.`,
      })
    }
    loaded.add(absolute)
    context = mergeContext(
      context,
      wanted.length === 0 ? content : pick(content, wanted, path),
      path,
    )
  }
  if (withDefault) await load('params.yaml', true)
  for (const [i, item] of items.entries()) {
    if (isMap(item)) context = mergeContext(context, item, `${source}[${i}]`)
    else await load(String(item), false)
  }
  return context
}

function pick(content: ValueMap, keys: readonly string[], path: string): ValueMap {
  const missing = keys.find((key) => !content.has(key))
  if (missing !== undefined) {
    throw new AtelierError('PIPELINE_PARAMETERS', `'${path}' has no value '${missing}'.`, {
      hint: `It has ${[...content.keys()].join(', ')}.`,
    })
  }
  return new Map(keys.map((key) => [key, content.get(key)!]))
}
