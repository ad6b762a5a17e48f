import { chmodSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { AtelierError } from '../../core/index.ts'
import type { VerifyJob, VerifyOutcome } from '../files/file-job.ts'
import { OBJECT_MODE } from '../files/object-file.ts'
import { addToGitIgnore, isGitIgnored } from '../ignore/git-ignore-file.ts'
import { dropDeadHolders, readPathLocks } from '../lock/path-locks.ts'
import { withRepositoryLock } from '../lock/repository-lock.ts'
import { objectsIn } from '../objects/object-folder.ts'
import { type HashKind, type ObjectRef, objectPath, objectsFolder } from '../objects/object-id.ts'
import { fetchTargets } from '../remote/transfer.ts'
import { type DataRepository, pathExists } from '../repository.ts'
import { hashPath } from '../work/hash-path.ts'
import { objectsOf } from '../work/read-listing.ts'
import { sizeOfFile, splitWork } from '../work/split-work.ts'
import { type Target, trackedOutputs } from '../work/tracked-outputs.ts'

/** Something that is not as it should be. */
export interface DoctorFinding {
  readonly kind:
    | 'corrupt object'
    | 'object mode'
    | 'missing data'
    | 'unfinished file'
    | 'stale lock'
    | 'not ignored by git'
  readonly path: string
  readonly message: string
  readonly repaired: boolean
}

/** A file that is being written is younger. */
const UNFINISHED_MS = 3_600_000

/**
 * Compares every object of the cache with its name, and looks for missing data, wrong modes, what killed processes
 * left, and data that git would take. With `repair` it mends what can be mended: data comes again from the workspace
 * or the remote.
 */
export async function examineRepository(
  repository: DataRepository,
  repair: boolean,
): Promise<readonly DoctorFinding[]> {
  const work = async () => [
    ...(await examineObjects(repository, repair)),
    ...(await examineOutputs(repository, repair)),
    ...(await examineIgnores(repository, repair)),
    ...examineLeftovers(repository, repair),
    ...(await examineLocks(repository, repair)),
  ]
  return withRepositoryLock(repository, work, { signal: repository.signal })
}

async function examineObjects(
  { cache, pool, progress, signal, root }: DataRepository,
  repair: boolean,
) {
  const findings: DoctorFinding[] = []
  for (const kind of ['md5', 'md5-dos2unix'] as const satisfies readonly HashKind[]) {
    const names = [...objectsIn(cache)]
      .filter((key) => key.startsWith(`${kind}:`))
      .map((key) => key.slice(kind.length + 1))
    const size = (at: number) => sizeOfFile(objectPath(cache, { md5: names[at]!, kind }))
    const { ranges, light } = splitWork(names.length, size)
    const jobs = ranges.map(
      ([start, end]): VerifyJob => ({
        ...{ kind: 'verify', hash: kind, objects: objectsFolder(cache, kind) },
        md5: names.slice(start, end),
      }),
    )
    const total = names.reduce((sum, _, at) => sum + size(at), 0)
    const task = light ? undefined : progress.start({ label: 'Verifying', total, unit: 'bytes' })
    let done = 0
    const onBytes = (bytes: number) => {
      done += bytes
      task?.update(done)
    }
    const results = await pool.run(jobs, { signal, light, onBytes })
    task?.finish()
    results
      .flatMap(({ outcomes }) => outcomes)
      .forEach((outcome, at) => {
        const finding = objectFinding(cache, root, { md5: names[at]!, kind }, outcome, repair)
        if (finding !== undefined) findings.push(finding)
      })
  }
  return findings
}

function objectFinding(
  cache: string,
  root: string,
  ref: ObjectRef,
  outcome: VerifyOutcome,
  repair: boolean,
): DoctorFinding | undefined {
  const path = objectPath(cache, ref)
  const shown = relative(root, path)
  if (outcome === 'corrupt') {
    if (repair) rmSync(path, { force: true })
    return {
      kind: 'corrupt object',
      path: shown,
      message: 'its bytes are not what its name says',
      repaired: repair,
    }
  }
  if (outcome !== 'mode') return undefined
  if (repair) chmodSync(path, OBJECT_MODE)
  return { kind: 'object mode', path: shown, message: 'it can be written to', repaired: repair }
}

async function examineOutputs(
  repository: DataRepository,
  repair: boolean,
): Promise<DoctorFinding[]> {
  const findings: DoctorFinding[] = []
  for (const tracked of await trackedOutputs(repository)) {
    const { hash, cache, absolutePath } = tracked.output
    if (hash === undefined || !cache || isComplete(repository, hash)) continue
    const repaired = repair && (await bringBack(repository, { ...tracked, inner: undefined }))
    const path = relative(repository.root, absolutePath)
    findings.push({
      kind: 'missing data',
      path,
      message: 'the cache does not hold all of it',
      repaired,
    })
  }
  return findings
}

function isComplete({ cache }: DataRepository, ref: ObjectRef): boolean {
  return objectsOf(cache, ref)?.every((one) => pathExists(objectPath(cache, one))) === true
}

/** From the workspace what is there, the rest from the remote. */
async function bringBack(repository: DataRepository, target: Target): Promise<boolean> {
  const hash = target.output.hash!
  if (hash.kind === 'md5') await hashPath(repository, target.output.absolutePath, { store: true })
  try {
    await fetchTargets(repository, [target])
  } catch (error) {
    if (
      !(error instanceof AtelierError) ||
      error.kind === 'internal' ||
      error.kind === 'interrupted'
    )
      throw error
    repository.logger.warn(error.message)
  }
  return isComplete(repository, hash)
}

async function examineIgnores(
  repository: DataRepository,
  repair: boolean,
): Promise<DoctorFinding[]> {
  if (repository.gitRoot === undefined) return []
  const findings: DoctorFinding[] = []
  for (const { output } of await trackedOutputs(repository)) {
    if (!output.cache || (await isGitIgnored(output.absolutePath))) continue
    if (repair) await addToGitIgnore(output.absolutePath)
    const path = relative(repository.root, output.absolutePath)
    findings.push({
      kind: 'not ignored by git',
      path,
      message: 'git would take the data itself',
      repaired: repair,
    })
  }
  return findings
}

/** Files that a killed process was writing. */
function examineLeftovers(
  { cache, scratch, clock, root }: DataRepository,
  repair: boolean,
): DoctorFinding[] {
  const old = (path: string) => clock.now() - statSync(path).mtimeMs > UNFINISHED_MS
  const isLeft = (name: string) => /^\..*\.tmp$|\.part$/.test(name)
  const objects = objectsFolder(cache, 'md5')
  const left = [
    ...namesIn(scratch)
      .filter((name) => name.startsWith('staging-'))
      .map((name) => join(scratch, name)),
    ...namesIn(objects).flatMap((two) =>
      isLeft(two)
        ? [join(objects, two)]
        : namesIn(join(objects, two))
            .filter(isLeft)
            .map((name) => join(objects, two, name)),
    ),
  ].filter(old)
  return left.map((path) => {
    if (repair) rmSync(path, { recursive: true, force: true })
    return {
      kind: 'unfinished file',
      path: relative(root, path),
      message: 'a process ended while it wrote it',
      repaired: repair,
    }
  })
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

async function examineLocks({ tmp }: DataRepository, repair: boolean): Promise<DoctorFinding[]> {
  const dead = (await readPathLocks(tmp)).filter(({ alive }) => !alive)
  if (repair && dead.length > 0) await dropDeadHolders(tmp)
  return dead.map(({ path, pid, command }) => ({
    kind: 'stale lock',
    path,
    message: `process ${pid} (${command}) is gone`,
    repaired: repair,
  }))
}
