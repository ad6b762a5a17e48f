import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGunzip } from 'node:zlib'
import type { Progress, ProgressHandle } from '../core/index.ts'

export interface DownloadRequest {
  /** Base URLs ending in `/`, tried in order. */
  readonly mirrors: readonly string[]
  /** Name of the file on the mirrors, and of the file written. */
  readonly file: string
  /** SHA-256 of the bytes after gunzip. */
  readonly sha256: string
  readonly folder: string
}

export interface DownloadDeps {
  readonly fetch: typeof fetch
  readonly progress: Progress
  /** Give up on a connection that sends nothing for this long. */
  readonly stallMs?: number
  /** Wait before the first retry; doubles with each. */
  readonly retryMs?: number
}

export interface MirrorFailure {
  readonly url: string
  readonly reason: string
}

const STALL_MS = 20_000
const RETRY_MS = 500
const ATTEMPTS = 4
/** No raw file comes near; a server that never ends must not fill the disk. */
const MAX_BYTES = 2 ** 31

/** What a mirror said that another attempt will not change. */
class FinalRefusal extends Error {}

/**
 * Fetches one gzip file into `folder`: resumes a `.part` file with Range, retries with backoff,
 * goes on to the next mirror, and publishes by rename only what has the right checksum.
 * Returns what each mirror said when none worked, undefined on success.
 */
export async function downloadFile(
  request: DownloadRequest,
  deps: DownloadDeps,
): Promise<readonly MirrorFailure[] | undefined> {
  await mkdir(request.folder, { recursive: true })
  const task = deps.progress.start({ label: `Downloading ${request.file}`, unit: 'bytes' })
  const failures: MirrorFailure[] = []
  try {
    for (const mirror of request.mirrors) {
      const url = new URL(request.file, mirror).href
      const reason = await tryMirror(url, request, deps, task)
      if (reason === undefined) return undefined
      failures.push({ url, reason })
    }
    return failures
  } finally {
    task.finish()
  }
}

async function tryMirror(
  url: string,
  request: DownloadRequest,
  deps: DownloadDeps,
  task: ProgressHandle,
): Promise<string | undefined> {
  const part = join(request.folder, `${request.file}.part`)
  let reason = ''
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await sleep((deps.retryMs ?? RETRY_MS) * 2 ** (attempt - 1))
    try {
      const resumed = await fetchInto(part, url, deps, task)
      await publish(part, request, resumed)
      return undefined
    } catch (error) {
      reason = reasonOf(error)
      if (error instanceof FinalRefusal) break
    }
  }
  return reason
}

/** Appends what is missing to the `.part` file; true when it went on from earlier bytes. */
async function fetchInto(
  part: string,
  url: string,
  deps: DownloadDeps,
  task: ProgressHandle,
): Promise<boolean> {
  const have = await sizeOf(part)
  const stall = new AbortController()
  const stallMs = deps.stallMs ?? STALL_MS
  const onStall = () => stall.abort(new Error(`it sent nothing for ${stallMs / 1000} s`))
  let timer = setTimeout(onStall, stallMs)
  try {
    const headers = have > 0 ? { range: `bytes=${have}-` } : {}
    const response = await deps.fetch(url, { headers, signal: stall.signal })
    const start = await acceptedStart(part, response, have)
    const file = await open(part, start === 0 ? 'w' : 'a')
    try {
      let done = start
      for await (const chunk of response.body ?? []) {
        clearTimeout(timer)
        timer = setTimeout(onStall, stallMs)
        await file.writeFile(chunk)
        done += chunk.length
        if (done > MAX_BYTES) throw new FinalRefusal(`it sent more than ${MAX_BYTES} bytes`)
        task.update(done)
      }
      await file.sync()
    } finally {
      await file.close()
    }
    return start > 0
  } finally {
    clearTimeout(timer)
  }
}

/** The offset that the answer starts at. Throws for answers that are not the file. */
async function acceptedStart(part: string, response: Response, have: number): Promise<number> {
  const said = `it answered ${response.status} ${response.statusText}`.trim()
  if (response.status === 200) return 0
  if (response.status === 206 && rangeStart(response) === have) return have
  await response.body?.cancel()
  if (response.status === 206 || response.status === 416) {
    // The part does not fit this server's file: start over.
    await rm(part, { force: true })
    throw new Error(said)
  }
  const final = response.status < 500 && response.status !== 408 && response.status !== 429
  throw final ? new FinalRefusal(said) : new Error(said)
}

function rangeStart(response: Response): number | undefined {
  const match = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')
  return match?.[1] === undefined ? undefined : Number(match[1])
}

async function publish(part: string, request: DownloadRequest, resumed: boolean): Promise<void> {
  const got = await unpackedSha256(part)
  if (got === request.sha256) {
    await rename(part, join(request.folder, request.file))
    return
  }
  await rm(part, { force: true })
  const message = `its bytes have SHA-256 ${got} (uncompressed), wanted ${request.sha256}`
  // A resumed file may mix two servers' bytes; only a file fetched in one go speaks for its server.
  throw resumed ? new Error(message) : new FinalRefusal(message)
}

/** SHA-256 after gunzip; what cannot be unpacked has none. */
async function unpackedSha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(path).compose(createGunzip())) hash.update(chunk)
    return hash.digest('hex')
  } catch {
    return 'none: it is not whole gzip data'
  }
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  )
}

/** fetch hides the reason (`fetch failed`, `terminated`) in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause instanceof Error ? error.cause.message : ''
  return cause === '' ? error.message : `${error.message}: ${cause}`
}
