import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { relative } from 'node:path'
import { AtelierError } from '../../core/index.ts'
import { equalValues, type ValueMap } from '../yaml12/value.ts'
import { type HashedPath, lockEntry, requireParameters } from './lock-entry.ts'
import { lockedHash, lockedPath, lockedPaths, lockFileOf, writeLockEntry } from './lock-file.ts'
import { findRun, isRepeatable, saveRun } from './run-cache.ts'
import { commandLines, runLine } from './run-command.ts'
import { endUse, noteUse } from './rw-lock.ts'
import type { Stage, StageInput } from './stage.ts'
import { hashOfItem, inputChanges } from './stage-changes.ts'
import type { PathHash, StageFiles } from './stage-files.ts'

export interface RunOptions {
  readonly files: StageFiles
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where the standard output of commands goes. */
  readonly output: 'stdout' | 'stderr'
  readonly signal: AbortSignal
  /** How the stage is named, for messages and as `DVC_STAGE`. */
  readonly address: string
  /** Runs the command whatever is known of it. */
  readonly force: boolean
  /** False: the outputs are hashed, and not taken into the cache. */
  readonly commit: boolean
  /** False: results of other times are not looked for. */
  readonly runCache: boolean
  readonly onRestore: () => void
  readonly onCommand: (line: string) => void
}

/**
 * Makes the outputs of a stage: from the cache, if the same command had the same inputs before, else by
 * running it. Then writes what came out into `dvc.lock`. Throws PIPELINE_INPUT_MISSING,
 * PIPELINE_PARAMETERS, PIPELINE_STAGE_FAILED, PIPELINE_BUSY, INTERRUPTED.
 */
export async function makeStage(
  stage: Stage,
  locked: ValueMap | undefined,
  options: RunOptions,
): Promise<'restored' | 'ran'> {
  const { files } = options
  const isRestored = await files.alone(async () => {
    if (options.force || !(await restoreStage(stage, locked, options))) {
      await requireInputs(stage, files)
      await requireParameters(stage)
      return false
    }
    await saveStage(stage, options)
    return true
  })
  if (isRestored) return 'restored'
  await runStage(stage, options)
  await files.alone(() => saveStage(stage, options))
  return 'ran'
}

/** Writes what is there into `dvc.lock`, and into the cache; to be called when no one else works here. */
export async function saveStage(
  stage: Stage,
  { files, commit }: Pick<RunOptions, 'files' | 'commit'>,
): Promise<void> {
  const inputs = await requireInputs(stage, files)
  const parameters = await requireParameters(stage)
  const outputs = await hashOutputs(stage, files)
  const entry = lockEntry(stage, { inputs, parameters, outputs })
  for (const { absolutePath, cache } of stage.outputs) if (cache) await files.ignore(absolutePath)
  if (commit) {
    const keepsRun =
      isRepeatable(stage) && stage.outputs.every(({ kind, cache }) => cache || kind !== 'out')
    for (const { absolutePath, cache } of stage.outputs) {
      // a metric that git keeps is in the cache as well, to be given back with the run
      if (cache || keepsRun) await files.commit(absolutePath, cache)
    }
    if (keepsRun) await saveRun(files.cacheFolder, entry)
  }
  const path = lockFileOf(stage.file)
  await writeLockEntry(path, stage.name, entry)
}

async function requireInputs(stage: Stage, files: StageFiles): Promise<readonly HashedPath[]> {
  const inputs = await hashPaths(stage.inputs, files)
  const missing = inputs.find(({ hash }) => hash === undefined)
  if (missing === undefined) return inputs as readonly HashedPath[]
  throw new AtelierError(
    'PIPELINE_INPUT_MISSING',
    `The stage '${stage.name}' depends on '${missing.path}', which does not exist.`,
    {
      hint: 'Make it, get it with `atelier data pull`, or correct the path.',
      data: { stage: stage.name, path: missing.path },
    },
  )
}

async function hashOutputs(stage: Stage, files: StageFiles): Promise<readonly HashedPath[]> {
  const outputs = await hashPaths(stage.outputs, files)
  const missing = outputs.filter(({ hash }) => hash === undefined)
  if (missing.length === 0) return outputs as readonly HashedPath[]
  const names = missing.map(({ path }) => `'${path}'`).join(', ')
  throw new AtelierError(
    'PIPELINE_STAGE_FAILED',
    `The stage '${stage.name}' did not write ${names}.`,
    {
      hint: `Its 'outs' say that it does; paths start at ${relative(files.root, stage.folder) || 'the root'}.`,
      data: { stage: stage.name, missing: missing.map(({ path }) => path) },
    },
  )
}

async function hashPaths(paths: readonly StageInput[], files: StageFiles) {
  const hashed: { readonly path: string; readonly hash: PathHash | undefined }[] = []
  for (const { path, absolutePath } of paths)
    hashed.push({ path, hash: await files.hash(absolutePath) })
  return hashed
}

/** Whether the cache had the outputs; then they are in their places. */
async function restoreStage(
  stage: Stage,
  locked: ValueMap | undefined,
  { files, runCache, onRestore }: RunOptions,
): Promise<boolean> {
  if (!isRepeatable(stage)) return false
  const entry =
    (await matchingLock(stage, locked, files)) ??
    (runCache ? await knownRun(stage, files) : undefined)
  if (entry === undefined) return false
  const wanted = stage.outputs.map((output) => {
    const item = lockedPath(entry, 'outs', output.path)
    const md5 = lockedHash(item)
    return { ...output, hash: md5 === undefined ? undefined : hashOfItem(item!, md5) }
  })
  for (const { hash } of wanted) {
    if (hash === undefined || !(await files.isCached(hash))) return false
  }
  onRestore()
  for (const { absolutePath, hash, cache } of wanted)
    await files.checkout(absolutePath, hash!, cache)
  return true
}

/** What is locked, if command, inputs and parameters are still those. */
async function matchingLock(stage: Stage, locked: ValueMap | undefined, files: StageFiles) {
  if (locked === undefined || !equalValues(locked.get('cmd'), stage.command)) return undefined
  const changes = await inputChanges(stage, locked, files)
  return changes.length === 0 && lockedPaths(locked, 'outs').length > 0 ? locked : undefined
}

async function knownRun(stage: Stage, files: StageFiles): Promise<ValueMap | undefined> {
  const inputs = await hashPaths(stage.inputs, files)
  if (inputs.some(({ hash }) => hash === undefined)) return undefined
  const parameters = await requireParameters(stage)
  const none = { md5: '', size: undefined, nfiles: undefined, isexec: false }
  const outputs = stage.outputs.map(({ path }) => ({ path, hash: none }))
  return findRun(
    files.cacheFolder,
    lockEntry(stage, { inputs: inputs as readonly HashedPath[], parameters, outputs }),
  )
}

/** Removes the outputs and runs the command. Who else wants these paths finds its process in DVC's table. */
async function runStage(stage: Stage, options: RunOptions): Promise<void> {
  const { files, address } = options
  const places = {
    reads: stage.inputs.map(({ absolutePath }) => absolutePath),
    writes: stage.outputs.map(({ absolutePath }) => absolutePath),
  }
  const worker = { pid: process.pid, command: `atelier repro ${address}` }
  await noteUse(files.temporaryFolder, worker, places)
  let current = worker
  try {
    await clearOutputs(stage, files)
    for (const line of commandLines(stage.command)) {
      options.signal.throwIfAborted()
      options.onCommand(line)
      const code = await runLine(line, {
        cwd: stage.folder,
        env: { DVC_ROOT: files.root, ...options.env, DVC_STAGE: address },
        output: options.output,
        signal: options.signal,
        // if we are killed, the command goes on: it is what others must wait for
        onStart: async (pid) => {
          const child = { ...worker, pid }
          await noteUse(files.temporaryFolder, child, places, current)
          current = child
        },
      })
      requireSuccess(stage, line, code, options)
    }
  } finally {
    await endUse(files.temporaryFolder, current)
  }
}

function requireSuccess(
  stage: Stage,
  line: string,
  code: number | null,
  { signal }: RunOptions,
): void {
  if (signal.aborted) {
    throw new AtelierError('INTERRUPTED', `The stage '${stage.name}' was stopped.`, {
      hint: 'Finished stages are kept: run `atelier repro` again to go on.',
    })
  }
  if (code === 0) return
  const how = code === null ? 'was ended by a signal' : `ended with exit code ${code}`
  throw new AtelierError(
    'PIPELINE_STAGE_FAILED',
    `The stage '${stage.name}' failed: '${line}' ${how}.`,
    {
      ...(code === 127 && { hint: 'The shell did not find a program: is it in PATH?' }),
      data: { stage: stage.name, command: line, code },
    },
  )
}

async function clearOutputs(stage: Stage, files: StageFiles): Promise<void> {
  for (const { absolutePath, persist } of stage.outputs) {
    if (!persist) await rm(absolutePath, { recursive: true, force: true })
    else if (existsSync(absolutePath)) await files.unprotect(absolutePath)
  }
}
