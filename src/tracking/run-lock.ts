import { rmSync } from 'node:fs'
import { link, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { AtelierError, processExists, processIdentity } from '../core/index.ts'

export interface RunLock {
  /** Says that the holder lives, to machines that cannot ask for its process; `now` in ms. */
  beat(now: number): Promise<void>
  release(): Promise<void>
  /** For a process about to end. */
  releaseSync(): void
}

/** Who works on a run: nobody; a process of this machine, alive or dead; another machine's. */
export type LockState =
  | { readonly kind: 'free' | 'alive' | 'dead' }
  | {
      readonly kind: 'remote'
      /** When it was last known to live, ms. */
      readonly beat: number
    }

interface Holder {
  readonly pid: number
  readonly host: string
  readonly identity: string
}

const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])
const LOCK_FILE = /^\.lock-(\d+)$/

/**
 * The right to work on a run, for one process at a time. Throws RUN_LOCKED. The lock of a dead
 * process is taken over by making the next of `.lock-1`, `.lock-2` …: one process only can make a
 * file, so two that saw the same dead holder cannot both succeed it.
 */
export async function lockRun(folder: string): Promise<RunLock> {
  const own = await ownHolder()
  const held = await currentLock(folder)
  if (held !== undefined && (await isAlive(held.holder))) throw locked(folder, held.holder)
  const path = join(folder, `.lock-${(held?.number ?? 0) + 1}`)
  await makeFile(folder, path, own)
  if (held !== undefined) await rm(held.path, { force: true })
  return {
    beat: (now) => utimes(path, now / 1000, now / 1000),
    release: () => rm(path, { force: true }),
    releaseSync: () => rmSync(path, { force: true }),
  }
}

export async function lockState(folder: string): Promise<LockState> {
  const held = await currentLock(folder)
  if (held === undefined) return { kind: 'free' }
  if (held.holder === undefined || held.holder.host === hostname()) {
    return { kind: (await isAlive(held.holder)) ? 'alive' : 'dead' }
  }
  const beat = await stat(held.path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  )
  return beat === undefined ? { kind: 'free' } : { kind: 'remote', beat }
}

/** Whether a living process works on the run. */
export async function isRunLocked(folder: string): Promise<boolean> {
  const held = await currentLock(folder)
  return held !== undefined && isAlive(held.holder)
}

async function ownHolder(): Promise<Holder> {
  return { pid: process.pid, host: hostname(), identity: await processIdentity(process.pid) }
}

async function currentLock(folder: string) {
  const numbers = (await readdir(folder))
    .map((name) => Number(LOCK_FILE.exec(name)?.[1] ?? 0))
    .filter((number) => number > 0)
  if (numbers.length === 0) return undefined
  const number = Math.max(...numbers)
  const path = join(folder, `.lock-${number}`)
  const text = await readFile(path, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : { number, path, holder: parseHolder(text) }
}

/** Undefined while the one that made the file is still writing it. */
function parseHolder(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder
  } catch {
    return undefined
  }
}

async function isAlive(holder: Holder | undefined): Promise<boolean> {
  if (holder === undefined) return true
  const { pid, host, identity } = holder
  // another machine's process cannot be asked
  if (host !== hostname()) return true
  return processExists(pid) && (await processIdentity(pid)) === identity
}

/** A link appears whole, so that a crash leaves no lock without a holder. */
async function makeFile(folder: string, path: string, holder: Holder): Promise<void> {
  const temporary = join(folder, `.lock.${holder.pid}.${process.hrtime.bigint()}.tmp`)
  const text = JSON.stringify(holder)
  await writeFile(temporary, text)
  try {
    await link(temporary, path).catch((error: NodeJS.ErrnoException) => {
      // file systems without hard links, exFAT for one
      if (!NO_LINKS.has(error.code ?? '')) throw error
      return writeFile(path, text, { flag: 'wx' })
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw locked(folder, (await currentLock(folder))?.holder)
  } finally {
    await rm(temporary, { force: true })
  }
}

function locked(folder: string, holder: Holder | undefined): AtelierError {
  const who = holder === undefined ? 'Another process' : `Process ${holder.pid} on ${holder.host}`
  return new AtelierError('RUN_LOCKED', `${who} is working on ${folder}.`, {
    hint: 'Wait for it or stop it. If it is gone for sure, delete the .lock-* file in that folder.',
    data: { ...holder },
  })
}
