import { equalValues, isMap, type ValueMap } from '../yaml12/value.ts'
import { currentParameters } from './lock-entry.ts'
import { lockedHash, lockedPath } from './lock-file.ts'
import { isAlwaysRun, type Stage, type StageParameters } from './stage.ts'
import type { PathHash, StageFiles } from './stage-files.ts'

export type PathState = 'new' | 'modified' | 'deleted' | 'not in cache'

/** Why a stage must run. */
export type StageChange =
  | { readonly kind: 'command' }
  | { readonly kind: 'always' }
  | { readonly kind: 'input' | 'output'; readonly path: string; readonly state: PathState }
  | {
      readonly kind: 'parameter'
      readonly path: string
      /** Undefined: the whole file. */
      readonly key: string | undefined
      readonly state: PathState
    }

export interface ChangeOptions {
  /** Inputs and outputs that are not there count as unchanged. */
  readonly allowMissing?: boolean
  /** Hashes of what earlier stages make, by absolute path: what is not there and has another one, did change. */
  readonly made?: ReadonlyMap<string, string> | undefined
}

/** In what a stage differs from what is locked of it; empty: there is nothing to do. */
export async function stageChanges(
  stage: Stage,
  locked: ValueMap | undefined,
  files: StageFiles,
  options: ChangeOptions = {},
): Promise<readonly StageChange[]> {
  const changes: StageChange[] = []
  if (locked !== undefined && !equalValues(locked.get('cmd'), stage.command)) {
    changes.push({ kind: 'command' })
  }
  if (!stage.frozen) {
    if (isAlwaysRun(stage)) changes.push({ kind: 'always' })
    changes.push(...(await inputChanges(stage, locked, files, options)))
  }
  changes.push(...(await outputChanges(stage, locked, files, options)))
  return changes
}

/** The same for inputs and parameters alone. */
export async function inputChanges(
  stage: Stage,
  locked: ValueMap | undefined,
  files: StageFiles,
  { allowMissing = false, made }: ChangeOptions = {},
): Promise<readonly StageChange[]> {
  const changes: StageChange[] = []
  for (const { path, absolutePath } of stage.inputs) {
    const md5 = lockedHash(lockedPath(locked, 'deps', path))
    const state = stateOf(await files.hash(absolutePath), md5)
    if (state === undefined) continue
    const isAsMade = (made?.get(absolutePath) ?? md5) === md5
    if (allowMissing && state === 'deleted' && isAsMade) continue
    changes.push({ kind: 'input', path, state })
  }
  for (const parameters of stage.parameters) {
    const params = locked?.get('params')
    const old = isMap(params) ? params.get(parameters.path) : undefined
    changes.push(...(await parameterChanges(parameters, isMap(old) ? old : undefined)))
  }
  return changes
}

function stateOf(hash: PathHash | undefined, locked: string | undefined): PathState | undefined {
  if (hash === undefined) return 'deleted'
  if (locked === undefined) return 'new'
  return hash.md5 === locked ? undefined : 'modified'
}

async function parameterChanges(
  parameters: StageParameters,
  locked: ValueMap | undefined,
): Promise<StageChange[]> {
  const { path, keys } = parameters
  const current = await currentParameters(parameters)
  if (current === undefined) return [{ kind: 'parameter', path, key: undefined, state: 'deleted' }]
  if (locked === undefined) return [{ kind: 'parameter', path, key: undefined, state: 'new' }]
  const all = keys.length > 0 ? keys : [...new Set([...current.keys(), ...locked.keys()])]
  return all.flatMap((key): StageChange[] => {
    const change = (state: PathState) => [{ kind: 'parameter', path, key, state } as const]
    if (!current.has(key)) return change('deleted')
    if (!locked.has(key)) return change('new')
    return equalValues(current.get(key), locked.get(key)) ? [] : change('modified')
  })
}

async function outputChanges(
  stage: Stage,
  locked: ValueMap | undefined,
  files: StageFiles,
  { allowMissing = false }: ChangeOptions,
): Promise<StageChange[]> {
  const changes: StageChange[] = []
  for (const { path, absolutePath, cache } of stage.outputs) {
    const item = lockedPath(locked, 'outs', path)
    const md5 = lockedHash(item)
    const isMissing = cache && md5 !== undefined && !(await files.isCached(hashOfItem(item!, md5)))
    const state = isMissing ? 'not in cache' : stateOf(await files.hash(absolutePath), md5)
    if (state === undefined) continue
    if (allowMissing && (state === 'deleted' || state === 'not in cache')) continue
    changes.push({ kind: 'output', path, state })
  }
  return changes
}

/** The hash that a lock entry holds of a path. */
export function hashOfItem(item: ValueMap, md5: string): PathHash {
  const [size, nfiles] = [item.get('size'), item.get('nfiles')]
  return {
    md5,
    size: typeof size === 'number' ? size : undefined,
    nfiles: typeof nfiles === 'number' ? nfiles : undefined,
    isexec: item.get('isexec') === true,
  }
}
