import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { parseYaml } from '../../config/index.ts'
import { AtelierError, writeFileAtomic } from '../../core/index.ts'
import { withRepositoryLock } from '../lock/repository-lock.ts'
import type { DataRepository } from '../repository.ts'
import { resolveYaml12Scalar } from '../yaml12/resolve-scalar.ts'
import { toValue } from '../yaml12/to-value.ts'
import type { ValueMap } from '../yaml12/value.ts'
import { frozenStage, stageIn, withStage } from './edit-stages.ts'
import { openPipelines } from './pipeline-project.ts'
import { PIPELINE_FILE } from './stage.ts'
import { type StageParts, stageDefinition } from './stage-definition.ts'

export interface ChangedStage {
  readonly name: string
  /** The `dvc.yaml`, absolute. */
  readonly file: string
  readonly change: 'added' | 'changed' | 'unchanged'
}

/**
 * Writes a stage to the `dvc.yaml` of a folder, and has git ignore its outputs. Nothing is written when
 * the pipeline would not be one any more. Throws PIPELINE_INVALID, also for a name that is taken, unless
 * `force` is set.
 */
export async function addStage(
  repository: DataRepository,
  cwd: string,
  name: string,
  parts: StageParts,
  force: boolean,
): Promise<ChangedStage> {
  const wdir = relative(cwd, resolve(cwd, parts.wdir ?? '.'))
    .split(sep)
    .join('/')
  const stage = stageDefinition({ ...parts, wdir: wdir === '' ? undefined : wdir })
  const file = join(cwd, PIPELINE_FILE)
  const changed = await changeStage(repository, file, name, (before) => {
    if (before !== undefined && !force) {
      throw new AtelierError(
        'PIPELINE_INVALID',
        `There is a stage '${name}' in dvc.yaml already.`,
        {
          hint: 'Take another name, or write over it: --force.',
        },
      )
    }
    return stage
  })
  const { files, graph } = await openPipelines(repository, cwd)
  const added = graph.nodes.find(
    (node) => node.kind === 'stage' && node.file === file && node.stage.name === name,
  )
  const outputs = added?.kind === 'stage' ? added.stage.outputs : []
  for (const { absolutePath, cache } of outputs) {
    // where the folder is not there yet, running the stage does it
    if (cache && existsSync(dirname(absolutePath))) await files.ignore(absolutePath)
  }
  return changed
}

/** Sets or takes away `frozen` of a stage, `NAME` or `FOLDER/dvc.yaml:NAME`. Throws PIPELINE_NOT_FOUND. */
export function freezeStage(
  repository: DataRepository,
  cwd: string,
  target: string,
  frozen: boolean,
): Promise<ChangedStage> {
  const colon = target.lastIndexOf(':')
  const file = resolve(cwd, colon < 0 ? PIPELINE_FILE : target.slice(0, colon))
  const name = target.slice(colon + 1)
  return changeStage(repository, file, name, (before) => {
    if (before?.has('cmd')) return frozenStage(before, frozen)
    const group = before !== undefined || name.includes('@')
    throw new AtelierError(
      'PIPELINE_NOT_FOUND',
      `There is no stage '${target}' that can be frozen.`,
      {
        hint: group
          ? 'Stages of `foreach` are written together: set `frozen` below `do`.'
          : '`atelier stage list` shows the stages.',
      },
    )
  })
}

async function changeStage(
  repository: DataRepository,
  file: string,
  name: string,
  change: (before: ValueMap | undefined) => ValueMap,
): Promise<ChangedStage> {
  const { signal } = repository
  return withRepositoryLock(
    repository,
    async () => {
      const text = existsSync(file) ? await readFile(file, 'utf8') : ''
      const content = toValue(parseYaml(text, PIPELINE_FILE, resolveYaml12Scalar))
      const before = stageIn(content, name)
      const next = withStage(text, name, change(before), before)
      if (next === text) return { name, file, change: 'unchanged' }
      const texts = new Map([[file, next]])
      await openPipelines(repository, dirname(file), texts)
      await writeFileAtomic(file, next)
      return { name, file, change: before === undefined ? 'added' : 'changed' }
    },
    { signal },
  )
}
