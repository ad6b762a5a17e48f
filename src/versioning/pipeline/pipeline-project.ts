import { relative, sep } from 'node:path'
import { AtelierError } from '../../core/index.ts'
import { addPaths } from '../add-paths.ts'
import { textSetting } from '../config/read-settings.ts'
import type { DvcFile } from '../pointer/dvc-file.ts'
import type { DataRepository } from '../repository.ts'
import { hashPath } from '../work/hash-path.ts'
import { findDvcFiles, trackedOutputs } from '../work/tracked-outputs.ts'
import { readPipeline } from './read-pipeline.ts'
import { stageFilesOf } from './repository-files.ts'
import type { PipelineNode } from './reproduce.ts'
import { addressOf, PIPELINE_FILE, type Stage } from './stage.ts'
import type { StageFiles } from './stage-files.ts'
import { buildGraph, type StageGraph } from './stage-graph.ts'

/** All stages of a repository, with the data that `.dvc` files track. */
export interface PipelineProject {
  readonly root: string
  /** Addresses and words of the command line start here; absolute. */
  readonly cwd: string
  readonly graph: StageGraph<PipelineNode>
  readonly files: StageFiles
}

/**
 * Reads every `dvc.yaml` of a repository; `texts` stand for what is in files, by absolute path. Throws
 * CONFIG_SYNTAX and PIPELINE_ errors.
 */
export async function openPipelines(
  repository: DataRepository,
  cwd: string,
  texts: ReadonlyMap<string, string> = new Map(),
): Promise<PipelineProject> {
  const { config, root } = repository
  const style = {
    bool: textSetting(config, 'parsing', 'bool'),
    list: textSetting(config, 'parsing', 'list'),
  }
  const found = await findDvcFiles(repository, (name) => name === PIPELINE_FILE)
  const paths = [...new Set([...found, ...texts.keys()])]
  const shown = (path: string) => relative(cwd, path).split(sep).join('/')
  const stages = await Promise.all(
    paths.map((path) =>
      readPipeline(path, { root, shown: shown(path), style, text: texts.get(path) }),
    ),
  )
  const tracked = await trackedOutputs(repository)
  const pointers = new Map(tracked.map(({ file }) => [file.path, file]))
  const nodes = [
    ...stages.flat().map((stage) => stageNode(stage, cwd)),
    ...[...pointers.values()].map((file) => dataNode(repository, file, shown(file.path))),
  ]
  return { root, cwd, graph: buildGraph(nodes, root), files: stageFilesOf(repository) }
}

function stageNode(stage: Stage, cwd: string): PipelineNode {
  const { file, inputs, outputs, frozen } = stage
  return {
    kind: 'stage',
    stage,
    address: addressOf(stage, cwd),
    file,
    inputs: inputs.map(({ absolutePath }) => absolutePath),
    outputs: outputs.map(({ absolutePath }) => absolutePath),
    frozen,
  }
}

function dataNode(repository: DataRepository, file: DvcFile, address: string): PipelineNode {
  const outputs = file.outputs.map(({ absolutePath }) => absolutePath)
  return {
    kind: 'data',
    address,
    file: file.path,
    inputs: [],
    outputs,
    frozen: file.frozen,
    refresh: (options) => refreshData(repository, file, address, options),
  }
}

async function refreshData(
  repository: DataRepository,
  { outputs, imported, frozen }: DvcFile,
  address: string,
  { dry, allowMissing }: { readonly dry: boolean; readonly allowMissing: boolean },
): Promise<boolean> {
  if (imported || frozen) return false
  const changed: string[] = []
  for (const { absolutePath, hash } of outputs) {
    const current = await hashPath(repository, absolutePath, { kind: hash?.kind ?? 'md5' })
    if (current === undefined) {
      if (allowMissing) continue
      throw new AtelierError('PIPELINE_INPUT_MISSING', `The data of ${address} is not there.`, {
        hint: `Get it with \`atelier data pull ${address}\`, or pass over it: --allow-missing.`,
        data: { path: absolutePath },
      })
    }
    if (current.md5 !== hash?.md5) changed.push(absolutePath)
  }
  if (changed.length > 0 && !dry) await addPaths(repository, changed, repository.root)
  return changed.length > 0
}
