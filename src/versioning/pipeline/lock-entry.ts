import { AtelierError } from '../../core/index.ts'
import { compareCodePoints } from '../files/compare-code-points.ts'
import { sortByCodePoint, type Value, type ValueMap, valueAt } from '../yaml12/value.ts'
import { readParameterFile } from './parameter-file.ts'
import type { Stage, StageParameters } from './stage.ts'
import type { PathHash } from './stage-files.ts'

/** A path of a stage with what lies there. */
export interface HashedPath {
  /** As written in the stage. */
  readonly path: string
  readonly hash: PathHash
}

export interface LockParts {
  readonly inputs: readonly HashedPath[]
  /** Of each file of parameters, by its path as written. */
  readonly parameters: ReadonlyMap<string, ValueMap>
  readonly outputs: readonly HashedPath[]
}

const DEFAULT_FILE = 'params.yaml'

/** What `dvc.lock` and the run cache keep of a stage, in the order of DVC. */
export function lockEntry(stage: Stage, { inputs, parameters, outputs }: LockParts): ValueMap {
  const entry = new Map<string, Value>([['cmd', stage.command]])
  if (inputs.length > 0) entry.set('deps', hashItems(inputs))
  if (parameters.size > 0) entry.set('params', parameterItems(parameters))
  if (outputs.length > 0) entry.set('outs', hashItems(outputs))
  return entry
}

function hashItems(paths: readonly HashedPath[]): readonly ValueMap[] {
  return [...paths]
    .sort((a, b) => compareCodePoints(a.path, b.path))
    .map(({ path, hash: { md5, size, nfiles, isexec } }) => {
      const item = new Map<string, Value>([
        ['path', path],
        ['hash', 'md5'],
        ['md5', md5],
      ])
      if (size !== undefined) item.set('size', size)
      if (nfiles !== undefined) item.set('nfiles', nfiles)
      if (isexec) item.set('isexec', true)
      return item
    })
}

function parameterItems(parameters: ReadonlyMap<string, ValueMap>): ValueMap {
  const files = sortByCodePoint([...parameters.keys()])
  const ordered = [
    ...files.filter((file) => file === DEFAULT_FILE),
    ...files.filter((file) => file !== DEFAULT_FILE),
  ]
  return new Map(
    ordered.map((file) => {
      const values = parameters.get(file)!
      return [
        file,
        new Map(sortByCodePoint([...values.keys()]).map((key) => [key, values.get(key)!])),
      ]
    }),
  )
}

/** The values of the parameters that are there; undefined where the file is not. Throws PIPELINE_PARAMETERS. */
export async function currentParameters(
  parameters: StageParameters,
): Promise<ValueMap | undefined> {
  const content = await readParameterFile(parameters.absolutePath, parameters.path)
  if (content === undefined || parameters.keys.length === 0) return content
  const entries = parameters.keys.map((key) => [key, valueAt(content, key)] as const)
  return new Map(entries.filter((entry): entry is [string, Value] => entry[1] !== undefined))
}

/** The values of all parameters of a stage. Throws PIPELINE_PARAMETERS when one is missing. */
export async function requireParameters(stage: Stage): Promise<ReadonlyMap<string, ValueMap>> {
  const all = new Map<string, ValueMap>()
  for (const parameters of stage.parameters) {
    const values = await currentParameters(parameters)
    const missing = parameters.keys.filter((key) => values?.has(key) !== true)
    if (values === undefined || missing.length > 0)
      throw missingParameters(stage, parameters, missing)
    all.set(parameters.path, values)
  }
  return all
}

function missingParameters(stage: Stage, { path }: StageParameters, missing: readonly string[]) {
  const what = missing.length === 0 ? `'${path}'` : `'${missing.join("', '")}' in ${path}`
  return new AtelierError(
    'PIPELINE_PARAMETERS',
    `The stage '${stage.name}' depends on ${what}, which is not there.`,
    {
      hint: `Set it, or take it out of the stage's 'params'.`,
      data: { stage: stage.name, path, missing },
    },
  )
}
