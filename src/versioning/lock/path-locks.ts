import { readFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { z } from 'zod'
import { processExists, writeFileAtomic } from '../../core/index.ts'
import { tryFileLock } from './file-lock.ts'

const holder = z.object({ pid: z.number().int(), cmd: z.string() })
const schema = z.object({
  write: z.record(z.string(), holder).default({}),
  read: z.record(z.string(), z.array(holder)).default({}),
})

/** Who works on a path while a stage of `dvc repro` runs, which holds no lock on the repository. */
export interface PathHolder {
  readonly path: string
  readonly pid: number
  readonly command: string
  readonly mode: 'read' | 'write'
  readonly alive: boolean
}

export const RWLOCK = 'rwlock'

/** The entries of `.dvc/tmp/rwlock`; none where there is no such file or it cannot be read. */
export async function readPathLocks(tmp: string): Promise<readonly PathHolder[]> {
  const text = await readFile(join(tmp, RWLOCK), 'utf8').catch(() => '{}')
  let parsed: unknown
  try {
    parsed = JSON.parse(text === '' ? '{}' : text)
  } catch {
    return []
  }
  const result = schema.safeParse(parsed)
  if (!result.success) return []
  const entry = (mode: 'read' | 'write', path: string, { pid, cmd }: z.infer<typeof holder>) => ({
    ...{ path, pid, command: cmd, mode, alive: processExists(pid) },
  })
  const { write, read } = result.data
  return [
    ...Object.entries(write).map(([path, info]) => entry('write', path, info)),
    ...Object.entries(read).flatMap(([path, all]) => all.map((info) => entry('read', path, info))),
  ]
}

/** Who keeps us from reading, or from writing, one of the paths. */
export function findBlocker(
  holders: readonly PathHolder[],
  paths: readonly string[],
  wanted: 'read' | 'write',
): PathHolder | undefined {
  return holders
    .filter(
      ({ alive, pid, mode }) =>
        alive && pid !== process.pid && (wanted === 'write' || mode === 'write'),
    )
    .find((holder) => paths.some((path) => overlaps(path, holder.path)))
}

function overlaps(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}${sep}`) || b.startsWith(`${a}${sep}`)
}

/** Takes out the entries of processes that are gone, as DVC itself does when it meets them. */
export async function dropDeadHolders(tmp: string): Promise<void> {
  const guard = await tryFileLock(join(tmp, `${RWLOCK}.lock`))
  if (guard === undefined) return
  try {
    const path = join(tmp, RWLOCK)
    const { write, read } = schema.parse(JSON.parse(await readFile(path, 'utf8')))
    const living = {
      write: Object.fromEntries(Object.entries(write).filter(([, { pid }]) => processExists(pid))),
      read: Object.fromEntries(
        Object.entries(read)
          .map(([key, all]) => [key, all.filter(({ pid }) => processExists(pid))] as const)
          .filter(([, all]) => all.length > 0),
      ),
    }
    await writeFileAtomic(path, JSON.stringify(living))
  } finally {
    await guard.release()
  }
}
