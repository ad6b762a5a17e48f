import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256, writeFileAtomic } from '../../core/index.ts'
import { isList, isMap, pythonJson, type Value, type ValueMap } from '../yaml12/value.ts'
import { writeYaml12 } from '../yaml12/write-yaml.ts'
import { lockedPaths, parseLockEntry } from './lock-file.ts'
import { lockEntrySchema } from './pipeline-schema.ts'
import { isAlwaysRun, type Stage } from './stage.ts'

/** Whether what a stage gave once may be given again: its inputs must tell all, and its outputs be made anew. */
export function isRepeatable(stage: Stage): boolean {
  const hasInputs = stage.inputs.length + stage.parameters.length > 0
  return (
    !isAlwaysRun(stage) &&
    hasInputs &&
    stage.outputs.length > 0 &&
    stage.outputs.every(({ persist }) => !persist)
  )
}

/** Where the results of a command with these inputs lie, below `runs`. */
export function runKey(entry: ValueMap): string {
  const paths = lockedPaths(entry, 'outs').map((item) => item.get('path')!)
  return hashEntry(new Map([...entry, ['outs', paths]]))
}

/** The name of one result: the hash of inputs and outputs together. */
export function runValue(entry: ValueMap): string {
  return hashEntry(entry)
}

const LEFT_OUT = new Set(['size', 'nfiles'])

/** Sizes are left out wherever they stand, also among parameters: so does DVC. */
function hashEntry(entry: ValueMap): string {
  return sha256(pythonJson(withoutSizes(entry)))
}

function withoutSizes(value: Value): Value {
  if (isList(value)) return value.map(withoutSizes)
  if (!isMap(value)) return value
  const kept = [...value].filter(([key]) => !LEFT_OUT.has(key))
  return new Map(kept.map(([key, child]) => [key, withoutSizes(child)]))
}

function folderOf(cacheFolder: string, key: string): string {
  return join(cacheFolder, 'runs', key.slice(0, 2), key)
}

/** The newest result for the same command, inputs and parameters; undefined where there is none. */
export async function findRun(cacheFolder: string, entry: ValueMap): Promise<ValueMap | undefined> {
  const folder = folderOf(cacheFolder, runKey(entry))
  const names = await readdir(folder).catch(() => [])
  const results = names
    .filter((name) => /^[0-9a-f]{64}$/.test(name))
    .map((name) => join(folder, name))
  const times = await Promise.all(
    results.map(async (path) => [path, (await stat(path)).mtimeMs] as const),
  )
  const [newest] = times.sort(([, a], [, b]) => b - a)
  if (newest === undefined) return undefined
  const found = parseLockEntry(await readFile(newest[0], 'utf8'), lockEntrySchema)
  // damaged: the command can give it again
  if (found === undefined) await rm(newest[0], { force: true })
  return found
}

/** Keeps a result, unless it is kept already. */
export async function saveRun(cacheFolder: string, entry: ValueMap): Promise<void> {
  const path = join(folderOf(cacheFolder, runKey(entry)), runValue(entry))
  const old = await readFile(path, 'utf8').catch(() => undefined)
  if (old !== undefined && parseLockEntry(old, lockEntrySchema) !== undefined) return
  await writeFileAtomic(path, writeYaml12(entry))
}
