import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** What DVC itself made of some pipelines: test/golden/dvc-pipeline.py. */
export interface PipelineGolden {
  readonly files: Readonly<Record<string, string>>
  readonly read: readonly {
    readonly 'dvc.yaml': string
    /** Null where DVC refuses. */
    readonly stages: readonly StageGolden[] | null
  }[]
  readonly runs: readonly RunGolden[]
}

interface StageGolden {
  readonly name: string
  readonly cmd: string | readonly string[]
  readonly wdir: string
  readonly frozen: boolean
  readonly always_changed: boolean
  readonly deps: readonly string[]
  readonly params: readonly (readonly [string, readonly string[]])[]
  readonly outs: readonly (readonly [string, string, boolean, boolean])[]
}

export interface RunGolden {
  readonly files: Readonly<Record<string, string>>
  readonly modes?: Readonly<Record<string, number>>
  readonly 'dvc.yaml': string
  readonly 'dvc.lock': string
  /** Text by path below `.dvc/cache/runs`. */
  readonly runs: Readonly<Record<string, string>>
  /** Paths below `.dvc/cache`. */
  readonly objects: readonly string[]
}

export function pipelineGolden(): PipelineGolden {
  const path = join(import.meta.dirname, '../golden/dvc-pipeline.json')
  return JSON.parse(readFileSync(path, 'utf8')) as PipelineGolden
}

/** What DVC made of a `dvc.yaml` by commands: test/golden/dvc-stages.py. */
export interface StagesGolden {
  readonly cases: readonly {
    readonly file: string | null
    readonly commands: readonly (readonly string[])[]
    /** The file after each command. */
    readonly texts: readonly string[]
    readonly list: Readonly<Record<string, string>>
  }[]
}

export function stageGolden(): StagesGolden {
  const path = join(import.meta.dirname, '../golden/dvc-stages.json')
  return JSON.parse(readFileSync(path, 'utf8')) as StagesGolden
}

export function writeFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
  modes: Readonly<Record<string, number>> = {},
): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  for (const [name, mode] of Object.entries(modes)) chmodSync(join(folder, name), mode)
}
