import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AtelierError, processIdentity, writeFileAtomic } from '../../core/index.ts'
import { tryFileLock } from '../lock/file-lock.ts'
import { findBlocker, type PathHolder, RWLOCK, readPathLocks } from '../lock/path-locks.ts'

/** Who works, and what for. */
export interface Worker {
  readonly pid: number
  readonly command: string
}

/** Absolute paths that a stage reads and writes. */
export interface UsedPaths {
  readonly reads: readonly string[]
  readonly writes: readonly string[]
}

/**
 * Notes in `.dvc/tmp/rwlock`, where DVC looks, that a process works on these paths; `former`, who worked on
 * them until now, is struck out. Throws PIPELINE_BUSY when another writes what is read or written, or reads
 * what is written.
 */
export async function noteUse(
  tmp: string,
  { pid, command }: Worker,
  { reads, writes }: UsedPaths,
  former?: Worker,
): Promise<void> {
  await editTable(tmp, (all) => {
    const others = former === undefined ? all : all.filter((holder) => !isOf(holder, former))
    const blocker = findBlocker(others, writes, 'write') ?? findBlocker(others, reads, 'read')
    if (blocker !== undefined) throw busy(blocker)
    const note = (mode: PathHolder['mode']) => (path: string) => ({
      ...{ path, pid, command, mode, alive: true },
    })
    return [...others, ...writes.map(note('write')), ...reads.map(note('read'))]
  })
}

/** Strikes the notes of a process out. */
export async function endUse(tmp: string, worker: Worker): Promise<void> {
  await editTable(tmp, (all) => all.filter((holder) => !isOf(holder, worker)))
}

const isOf = (holder: PathHolder, worker: Worker) =>
  holder.pid === worker.pid && holder.command === worker.command

function busy({ path, pid, command }: PathHolder): AtelierError {
  return new AtelierError('PIPELINE_BUSY', `Process ${pid} works on '${path}': ${command}.`, {
    hint: 'Wait until it ends, or end it.',
    data: { path, pid },
  })
}

const ATTEMPTS = 60
const PAUSE_MS = 50

/** Under DVC's own lock of the table. Notes of processes that have ended go. */
async function editTable(
  tmp: string,
  edit: (holders: readonly PathHolder[]) => readonly PathHolder[],
): Promise<void> {
  await mkdir(tmp, { recursive: true })
  const guard = join(tmp, `${RWLOCK}.lock`)
  let lock = await tryFileLock(guard)
  for (let attempt = 1; lock === undefined; attempt++) {
    if (attempt === ATTEMPTS) {
      throw new AtelierError('DVC_LOCKED', `Another process keeps ${guard}.`, {
        hint: 'Wait for it to end and repeat the command.',
      })
    }
    await sleep(PAUSE_MS)
    lock = await tryFileLock(guard)
  }
  try {
    const holders = await workingHolders(tmp)
    await writeFileAtomic(join(tmp, RWLOCK), tableText(edit(holders)))
  } finally {
    await lock.release()
  }
}

/** Without processes that have ended, zombies among them where the system tells. */
async function workingHolders(tmp: string): Promise<readonly PathHolder[]> {
  const tells = (await processIdentity(process.pid)) !== ''
  const holders = (await readPathLocks(tmp)).filter(({ alive }) => alive)
  const ended = await Promise.all(
    holders.map(async ({ pid }) => tells && (await processIdentity(pid)) === ''),
  )
  return holders.filter((_, i) => !ended[i])
}

function tableText(holders: readonly PathHolder[]): string {
  const write: Record<string, { pid: number; cmd: string }> = {}
  const read: Record<string, { pid: number; cmd: string }[]> = {}
  for (const { path, pid, command: cmd, mode } of holders) {
    if (mode === 'write') write[path] = { pid, cmd }
    else read[path] = [...(read[path] ?? []), { pid, cmd }]
  }
  return JSON.stringify({ write, read })
}
