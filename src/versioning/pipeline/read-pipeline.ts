import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type ConfigNode, parseYaml } from '../../config/index.ts'
import { resolveYaml12Scalar } from '../yaml12/resolve-scalar.ts'
import { toValue } from '../yaml12/to-value.ts'
import type { ValueMap } from '../yaml12/value.ts'
import { expandStages } from './expand-stages.ts'
import { invalidAt } from './node-checks.ts'
import { pipelineSchema } from './pipeline-schema.ts'
import type { Stage } from './stage.ts'
import type { OptionStyle } from './template.ts'
import { emptyContext } from './template-context.ts'
import { loadVariables, variablesOf } from './template-variables.ts'

export interface ReadPipelineOptions {
  /** The repository's root, absolute; the folder of the file when absent. */
  readonly root?: string | undefined
  /** How paths are shown in messages. */
  readonly shown?: string | undefined
  readonly style?: OptionStyle | undefined
  /** In place of what stands in the file. */
  readonly text?: string | undefined
}

/**
 * The stages of a `dvc.yaml`, with `foreach` and `matrix` written out and every template filled in.
 * Throws CONFIG_SYNTAX, PIPELINE_INVALID, PIPELINE_PARAMETERS.
 */
export async function readPipeline(
  file: string,
  { shown = file, style, root = dirname(file), text }: ReadPipelineOptions = {},
): Promise<readonly Stage[]> {
  const node = parseYaml(text ?? (await readFile(file, 'utf8')), shown, resolveYaml12Scalar)
  pipelineSchema(node, '')
  const stages = childOf(node, 'stages')
  if (stages === undefined || stages.kind !== 'map') return []
  requireNames(stages)
  const content = toValue(node) as ValueMap
  const context = await loadVariables(emptyContext, variablesOf(content, shown), {
    folder: dirname(file),
    withDefault: true,
    source: 'vars',
  })
  const sources = [...stages.entries].map(([name, stage]) => ({
    name,
    file,
    root,
    shown,
    line: stage.origin.kind === 'file' ? stage.origin.line : 1,
    definition: toValue(stage) as ValueMap,
  }))
  const expanded = sources.map((source) => expandStages(source, context, style))
  return (await Promise.all(expanded)).flat()
}

function childOf(node: ConfigNode, key: string): ConfigNode | undefined {
  return node.kind === 'map' ? node.entries.get(key) : undefined
}

function requireNames(stages: Extract<ConfigNode, { kind: 'map' }>): void {
  for (const [name, node] of stages.entries) {
    if (/[!-,./:-@[-^`{-~]/.test(name) || name === '') {
      throw invalidAt(
        node,
        `'${name}' is no name of a stage`,
        'Letters, digits, `_` and `-` may stand in it.',
      )
    }
  }
}
