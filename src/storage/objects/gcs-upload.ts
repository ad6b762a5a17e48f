import { AtelierError } from '../../core/index.ts'
import { gcsFault } from './gcs-fault.ts'
import { askGcs, explainGcs, type GcsObject, objectPath, readJson } from './gcs-request.ts'
import {
  forgetSession,
  type GcsWrite,
  loadSession,
  metadataOf,
  saveSession,
  uploadQuery,
} from './gcs-session.ts'
import { requestHttp } from './http-request.ts'
import type { ObjectInfo } from './object-store.ts'
import { callRemote } from './remote-call.ts'
import { TransientFault } from './storage-errors.ts'
import type { Watch } from './watch.ts'

/** The protocol wants pieces of a multiple of this. */
const UNIT = 256 << 10
const ATTEMPTS = 3
/** Not a redirect here: bytes are missing yet. */
const RESUME = 308

/** How far an upload is: the next byte to be sent, or the object when it is whole. */
type UploadState = { readonly next: number } | { readonly object: GcsObject }

/**
 * A large object in one upload session: what breaks off goes on where the store says it is, also in
 * another call where its address is kept. Not in parallel: an object composed of parts has no MD5 there.
 */
export async function sendInPieces(
  write: GcsWrite,
  confirmed: (object: GcsObject) => Promise<ObjectInfo>,
): Promise<ObjectInfo> {
  const saved = await loadSession(write)
  for (let attempt = 1; ; attempt++) {
    try {
      if (saved !== undefined && attempt === 1) {
        const session = new URL(saved)
        return await sendRest(write, session, await stateOf(write, session), confirmed)
      }
      return await sendRest(write, await beginSession(write), { next: 0 }, confirmed)
    } catch (error) {
      // the store keeps a session for a week, and some forget it with the last byte, whose answer was lost
      const forgotten = error instanceof AtelierError && error.code === 'OBJECT_NOT_FOUND'
      const there = forgotten ? await write.stat() : undefined
      if (there?.md5 === write.source.md5) return there
      if (!forgotten || attempt === ATTEMPTS) throw error
    }
  }
}

/** Below the endpoint that was named, whatever host the answer names: what is asked for is where bytes go. */
async function beginSession(write: GcsWrite): Promise<URL> {
  const { gcs, key, source, options } = write
  const location = await callRemote(
    gcs,
    options.signal,
    async (watch) => {
      const response = await askGcs(
        gcs,
        {
          method: 'POST',
          path: `/upload${objectPath(gcs, '').slice(0, -1)}`,
          query: { uploadType: 'resumable', ...uploadQuery(write) },
          headers: {
            'content-type': 'application/json; charset=UTF-8',
            'x-upload-content-length': String(source.size),
            'x-upload-content-type': options.contentType ?? 'application/octet-stream',
          },
          body: JSON.stringify(metadataOf(write)),
        },
        watch,
      )
      if (!response.ok) throw await gcsFault(response, { ...gcs, key })
      await response.body?.cancel()
      return response.headers.get('location') ?? ''
    },
    { explain: (error) => explainGcs(gcs, error) },
  )
  const { pathname, search } = new URL(location, gcs.endpoint)
  const session = new URL(pathname + search, gcs.endpoint)
  await saveSession(write, session.href)
  return session
}

async function sendRest(
  write: GcsWrite,
  session: URL,
  from: UploadState,
  confirmed: (object: GcsObject) => Promise<ObjectInfo>,
): Promise<ObjectInfo> {
  const { source, options } = write
  let state = from
  try {
    while ('next' in state) {
      options.onProgress?.(state.next)
      state = await sendPiece(write, session, state.next)
    }
    const info = await confirmed(state.object)
    options.onProgress?.(source.size)
    await forgetSession(write)
    return info
  } catch (error) {
    if (!mayGoOn(write, error)) await forgetSession(write)
    throw error
  }
}

/** An upload that was refused would be refused again. */
function mayGoOn({ options }: GcsWrite, error: unknown): boolean {
  if (options.signal?.aborted) return true
  return error instanceof AtelierError && /UNREACHABLE|TIMEOUT|CREDENTIALS/.test(error.code)
}

async function sendPiece(write: GcsWrite, session: URL, start: number): Promise<UploadState> {
  const { gcs, source, options } = write
  const pieceBytes = Math.ceil(gcs.partBytes / UNIT) * UNIT
  return callRemote(
    gcs,
    options.signal,
    async (watch, attempt) => {
      // what failed may have arrived, or a part of it
      const state = attempt === 1 ? { next: start } : await put(write, session, undefined, watch)
      if (!('next' in state)) return state
      const { next } = state
      if (next >= source.size)
        throw new TransientFault('it has all bytes and makes no object of them')
      const after = await put(write, session, [next, next + pieceBytes], watch)
      if ('next' in after && after.next <= next) throw new TransientFault('it kept no bytes')
      return after
    },
    { sends: pieceBytes, explain: (error) => explainGcs(gcs, error) },
  )
}

function stateOf(write: GcsWrite, session: URL): Promise<UploadState> {
  const { gcs, options } = write
  return callRemote(gcs, options.signal, (watch) => put(write, session, undefined, watch), {
    explain: (error) => explainGcs(gcs, error),
  })
}

/** Sends a range of bytes, or asks how many there are. */
async function put(
  { gcs, key, source }: GcsWrite,
  session: URL,
  range: readonly [number, number] | undefined,
  watch: Watch,
): Promise<UploadState> {
  const [start, end] = range ?? [0, 0]
  const body = await source.read(start, Math.min(end, source.size))
  const which = range === undefined ? '*' : `${start}-${start + body.length - 1}`
  const response = await requestHttp(
    gcs.fetch,
    {
      method: 'PUT',
      url: session,
      headers: { 'content-range': `bytes ${which}/${source.size}` },
      body,
    },
    watch,
  )
  if (response.status === RESUME) {
    await response.body?.cancel()
    const last = /^bytes=0-(\d+)$/.exec(response.headers.get('range') ?? '')?.[1]
    return { next: last === undefined ? 0 : Number(last) + 1 }
  }
  if (!response.ok) throw await gcsFault(response, { ...gcs, key })
  return { object: (await readJson(response)) as GcsObject }
}
