import { rmSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { AtelierError } from '../../core/index.ts'
import {
  downloadObject,
  existingKeys,
  forEachConcurrent,
  type ObjectStore,
  openObjectStore,
} from '../../storage/index.ts'
import { createReadTools, isSound, OBJECT_MODE } from '../files/object-file.ts'
import {
  hashOfKey,
  isDirHash,
  type ObjectRef,
  objectKey,
  objectPath,
  refKey,
} from '../objects/object-id.ts'
import { type DataRepository, pathExists } from '../repository.ts'
import type { DataRemote, TransferOptions } from './data-remote.ts'
import { type RemoteSettings, requireWritable, storeOptions } from './remote-settings.ts'
import {
  CACHE_HINT,
  objectsCorrupt,
  objectsMissing,
  PULL_HINT,
  REMOTE_HINT,
} from './transfer-errors.ts'

/** Objects that travel at once, unless `remote.NAME.jobs` says otherwise. */
const CONNECTIONS = 16

/** A bucket or a web address as a remote. */
export async function openStoreRemote(
  repository: DataRepository,
  remote: RemoteSettings,
): Promise<DataRemote> {
  const store = await openObjectStore(remote.url, storeOptions(repository, remote))
  const jobs = remote.settings.get('jobs')
  const connections = typeof jobs === 'number' && jobs > 0 ? jobs : CONNECTIONS
  const place: Place = { repository, store, name: remote.name, connections }
  return {
    name: remote.name,
    url: store.url,
    async existing(refs, { signal } = {}) {
      const keys = await existingKeys(store, refs.map(objectKey), { signal, connections })
      return new Set(refs.filter((ref) => keys.has(objectKey(ref))).map(refKey))
    },
    async push(refs, options) {
      requireWritable(remote)
      await pushAll(place, refs, options)
    },
    fetch: (refs, options) => fetchAll(place, refs, options),
    async *list() {
      for await (const { key } of store.list('')) {
        for (const kind of ['md5', 'md5-dos2unix'] as const) {
          const md5 = hashOfKey(key, kind)
          if (md5 !== undefined) yield { md5, kind }
        }
      }
    },
    delete: (ref) => store.delete(objectKey(ref)),
    close: () => store.close(),
  }
}

interface Place {
  readonly repository: DataRepository
  readonly store: ObjectStore
  readonly name: string
  readonly connections: number
}

/** The MD5 of an object's bytes; that of a text of DVC 2 is of other bytes. */
function bytesMd5({ md5, kind }: ObjectRef): string | undefined {
  return kind === 'md5' || isDirHash(md5) ? md5.slice(0, 32) : undefined
}

async function pushAll(
  { repository: { cache }, store, connections }: Place,
  refs: readonly ObjectRef[],
  { signal, onBytes }: TransferOptions = {},
): Promise<void> {
  const absent = refs.filter((ref) => !pathExists(objectPath(cache, ref)))
  if (absent.length > 0) throw objectsMissing('the cache', absent, CACHE_HINT)
  const push = async (ref: ObjectRef, stop: AbortSignal) => {
    const path = objectPath(cache, ref)
    if (bytesMd5(ref) === undefined && !isWhole(path, ref))
      throw objectsCorrupt('the cache', [ref], CACHE_HINT)
    const onProgress = progressOf(onBytes)
    await store
      .write(objectKey(ref), { path }, { md5: bytesMd5(ref), signal: stop, onProgress })
      .catch((error: unknown) => {
        // the store refuses other bytes than those that were announced: here they are the cache's own
        const damaged = isCode(error, 'STORAGE_CHECKSUM') && !isWhole(path, ref)
        throw damaged ? objectsCorrupt('the cache', [ref], CACHE_HINT) : error
      })
  }
  await forEachConcurrent(refs, connections, push, signal)
}

async function fetchAll(
  { repository: { cache, clock }, store, connections, name }: Place,
  refs: readonly ObjectRef[],
  { signal, onBytes }: TransferOptions = {},
): Promise<void> {
  const at = `the remote '${name}' (${store.url})`
  const missing: ObjectRef[] = []
  const fetch = async (ref: ObjectRef, stop: AbortSignal) => {
    const path = objectPath(cache, ref)
    try {
      const onProgress = progressOf(onBytes)
      await downloadObject(store, objectKey(ref), path, {
        md5: bytesMd5(ref),
        signal: stop,
        onProgress,
        clock,
      })
    } catch (error) {
      if (isCode(error, 'OBJECT_NOT_FOUND')) return void missing.push(ref)
      throw isCode(error, 'STORAGE_CHECKSUM') ? objectsCorrupt(at, [ref], REMOTE_HINT) : error
    }
    if (bytesMd5(ref) === undefined && !isWhole(path, ref)) {
      rmSync(path, { force: true })
      throw objectsCorrupt(at, [ref], REMOTE_HINT)
    }
    await chmod(path, OBJECT_MODE)
  }
  await forEachConcurrent(refs, connections, fetch, signal)
  if (missing.length > 0) throw objectsMissing(at, missing, PULL_HINT)
}

/** Bytes of all objects together from what is told of each. */
function progressOf(onBytes: TransferOptions['onBytes']): ((bytes: number) => void) | undefined {
  if (onBytes === undefined) return undefined
  let told = 0
  return (bytes) => {
    onBytes(bytes - told)
    told = bytes
  }
}

function isWhole(path: string, { md5, kind }: ObjectRef): boolean {
  return isSound(
    path,
    md5,
    kind,
    createReadTools(() => {}),
  )
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof AtelierError && error.code === code
}
