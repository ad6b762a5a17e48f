import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AtelierError } from '../core/index.ts'

/** Where a server's model comes from. */
export interface ModelSource {
  /** As it was given, without credentials. */
  readonly uri: string
  /** Names what a read would give now; undefined for a place that does not tell. */
  revision(): Promise<string | undefined>
  /** Throws MODEL_NOT_FOUND, or what the place says. */
  read(signal: AbortSignal): Promise<SourcedModel>
}

export interface SourcedModel {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly revision: string | undefined
  /** Of a registered model. */
  readonly registered?: { readonly name: string; readonly version: number; readonly sha256: string }
}

/** Reads an object of a store, or of the web. */
export type ReadUri = (
  uri: string,
  options: { readonly maxBytes: number; readonly signal: AbortSignal },
) => Promise<Uint8Array<ArrayBuffer>>

/** Knows what the names of registered models stand for. */
export interface ModelResolver {
  resolve(uri: string): Promise<ResolvedModel>
  /** Names what the address stands for now: changes when an alias moves. */
  revision(uri: string): Promise<string>
}

export interface ResolvedModel {
  readonly name: string
  readonly version: number
  readonly sha256: string
  readonly revision: string
  bytes(signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>>
}

export interface SourceReaders {
  /** Folder that relative paths start from. */
  readonly cwd: string
  readonly maxBytes: number
  readonly readUri: ReadUri | undefined
  readonly registry: ModelResolver | undefined
}

/**
 * A path, `file://…`, `models:/name/version` or `models:/name@alias`, or the address of an object.
 * Throws MODEL_NOT_FOUND for a scheme that cannot be read.
 */
export function openModelSource(uri: string, readers: SourceReaders): ModelSource {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(uri)?.[1]?.toLowerCase()
  if (scheme === undefined) return fileSource(uri, resolve(readers.cwd, uri), readers.maxBytes)
  if (scheme === 'file') return fileSource(uri, fileURLToPath(uri), readers.maxBytes)
  if (scheme === 'models' && readers.registry !== undefined) {
    return registrySource(uri, readers.registry)
  }
  if (uri.includes('://') && readers.readUri !== undefined) {
    return objectSource(uri, readers.readUri, readers.maxBytes)
  }
  throw new AtelierError('MODEL_NOT_FOUND', `Nothing can read ${withoutSecrets(uri)}.`, {
    hint: 'Give a path, or a file://, http(s)://, gs://, s3:// or models:/ address.',
  })
}

/** A file that is replaced is another model: training writes its best one to the same place. */
function fileSource(uri: string, path: string, maxBytes: number): ModelSource {
  const facts = async () => {
    const entry = await stat(path).catch((cause: unknown) => {
      throw missing(uri, cause)
    })
    if (!entry.isFile()) throw missing(uri)
    return entry
  }
  const revision = async () => {
    const { mtimeMs, size, ino } = await facts()
    return `${mtimeMs}-${size}-${ino}`
  }
  return {
    uri,
    revision,
    read: async (signal) => {
      const { size } = await facts()
      if (size > maxBytes) {
        throw new AtelierError(
          'MODEL_INVALID',
          `${uri} has ${size} bytes, wanted at most ${maxBytes}.`,
        )
      }
      const before = await revision()
      return { bytes: await readFile(path, { signal }), revision: before }
    },
  }
}

function registrySource(uri: string, registry: ModelResolver): ModelSource {
  return {
    uri,
    revision: () => registry.revision(uri),
    read: async (signal) => {
      const { name, version, sha256, revision, bytes } = await registry.resolve(uri)
      return { bytes: await bytes(signal), revision, registered: { name, version, sha256 } }
    },
  }
}

function objectSource(uri: string, readUri: ReadUri, maxBytes: number): ModelSource {
  return {
    uri: withoutSecrets(uri),
    revision: async () => undefined,
    read: async (signal) => ({
      bytes: await readUri(uri, { maxBytes, signal }),
      revision: undefined,
    }),
  }
}

/** An address as it may be shown: no user, no password, no signed query. */
function withoutSecrets(uri: string): string {
  return uri.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1').replace(/[?#].*$/s, '')
}

function missing(uri: string, cause?: unknown): AtelierError {
  return new AtelierError('MODEL_NOT_FOUND', `There is no model file ${uri}.`, {
    hint: 'Train one with `atelier train`, or name another.',
    cause,
  })
}
