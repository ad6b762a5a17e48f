import { dirname, resolve } from 'node:path'
import { AtelierError } from '../../core/index.ts'
import { describeValue, isList, isMap, type Value, type ValueMap } from '../yaml12/value.ts'
import { buildStage, type Stage, type StageSource } from './stage.ts'
import { fillTemplate, type OptionStyle, templateText } from './template.ts'
import { type TemplateContext, withValues } from './template-context.ts'
import { loadVariables, variablesOf } from './template-variables.ts'

/** A stage as written: one, or a template of several. */
export interface StageDefinition extends StageSource {
  readonly definition: ValueMap
}

/** The stages that a definition stands for, in order. Throws PIPELINE_INVALID, PIPELINE_PARAMETERS. */
export async function expandStages(
  source: StageDefinition,
  context: TemplateContext,
  style: OptionStyle | undefined,
): Promise<Stage[]> {
  const stages: Stage[] = []
  for (const { key, values, template } of instancesOf(source, context)) {
    const name = key === undefined ? source.name : `${source.name}@${key}`
    const inner = withValues(context, values)
    const filled = await fillStage({ ...source, name, definition: template }, inner, style)
    stages.push(buildStage({ ...source, name }, filled))
  }
  return stages
}

async function fillStage(
  { name, file, shown, line, definition }: StageDefinition,
  context: TemplateContext,
  style: OptionStyle | undefined,
): Promise<ValueMap> {
  const placeOf = (key: string) => ({
    where: `${shown}:${line}: 'stages.${name}.${key}'`,
    key,
    style,
  })
  const items = variablesOf(definition, placeOf('vars').where)
  const wdir = fillTemplate(definition.get('wdir') ?? '.', context, placeOf('wdir'))
  const folder = resolve(dirname(file), templateText(wdir))
  const all = await loadVariables(context, items, {
    folder,
    withDefault: false,
    source: `${name}.vars`,
  })
  const rest = [...definition].filter(([key]) => key !== 'vars')
  return new Map(rest.map(([key, value]) => [key, fillTemplate(value, all, placeOf(key))]))
}

interface Instance {
  /** What stands behind the `@` of its name. */
  readonly key: string | undefined
  readonly values: ValueMap
  readonly template: ValueMap
}

function instancesOf(source: StageDefinition, context: TemplateContext): Instance[] {
  const { definition } = source
  if (definition.has('foreach')) return eachInstance(source, context)
  if (definition.has('matrix')) return matrixInstances(source, context)
  return [{ key: undefined, values: new Map(), template: definition }]
}

/** Of a list the items, named by themselves, or by their place where they are maps; of a map its entries. */
function eachInstance(source: StageDefinition, context: TemplateContext): Instance[] {
  const { definition, shown, line, name } = source
  const where = `${shown}:${line}: 'stages.${name}.foreach'`
  const data = fillTemplate(definition.get('foreach')!, context, { where, key: 'foreach' })
  const template = definition.get('do') as ValueMap
  if (isMap(data)) {
    return [...data].map(([key, item]) => ({
      key,
      values: new Map<string, Value>([
        ['item', item],
        ['key', key],
      ]),
      template,
    }))
  }
  if (!isList(data)) {
    throw new AtelierError(
      'PIPELINE_INVALID',
      `${where} is ${describeValue(data)}; a list or a map is wanted.`,
    )
  }
  const isNested = data.some((item) => isMap(item) || isList(item))
  const entries = data.map((item, i): [string, Value] => [
    isNested ? String(i) : templateText(item),
    item,
  ])
  return [...new Map(entries)].map(([key, item]) => ({
    key,
    values: new Map([['item', item]]),
    template,
  }))
}

/** All combinations, the last key varying fastest. */
function matrixInstances(source: StageDefinition, context: TemplateContext): Instance[] {
  const { definition, shown, line, name } = source
  const where = `${shown}:${line}: 'stages.${name}.matrix'`
  const axes = fillTemplate(definition.get('matrix')!, context, {
    where,
    key: 'foreach',
  }) as ValueMap
  const template = new Map([...definition].filter(([key]) => key !== 'matrix'))
  let combinations: readonly (readonly (readonly [string, number, Value])[])[] = [[]]
  for (const [axis, values] of axes) {
    if (!isList(values)) {
      throw new AtelierError(
        'PIPELINE_INVALID',
        `${where}: '${axis}' is ${describeValue(values)}; a list is wanted.`,
      )
    }
    combinations = combinations.flatMap((head) =>
      values.map((value, i) => [...head, [axis, i, value] as const]),
    )
  }
  const instances = combinations.map((parts): [string, Instance] => {
    const key = parts
      .map(([axis, i, value]) =>
        isMap(value) || isList(value) ? `${axis}${i}` : templateText(value),
      )
      .join('-')
    const item: ValueMap = new Map(parts.map(([axis, , value]) => [axis, value]))
    return [
      key,
      {
        key,
        values: new Map<string, Value>([
          ['key', key],
          ['item', item],
        ]),
        template,
      },
    ]
  })
  return [...new Map(instances).values()]
}
