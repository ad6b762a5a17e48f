/** One interface for everything that lies in a folder, a bucket or behind a web address. */
export interface ObjectInfo {
  /** Relative to the store, parts separated by `/`. */
  readonly key: string
  /** In bytes. */
  readonly size: number
  /** Milliseconds since the epoch, where the store tells. */
  readonly modified: number | undefined
  /** Another one when the object is another one; its form is the store's own. */
  readonly etag?: string
  /** Of all bytes, lowercase hex, where the store knows it. */
  readonly md5?: string
  /** CRC-32C of all bytes, eight hex digits, where the store knows it. */
  readonly crc32c?: string
}

export interface ReadOptions {
  /** The first byte wanted; 0 when left out. */
  readonly start?: number
  /** The byte after the last one wanted; the object's end when left out or beyond it. */
  readonly end?: number
  /** Reads this state of the object only, else OBJECT_CHANGED. */
  readonly etag?: string | undefined
  readonly signal?: AbortSignal | undefined
}

export interface WriteOptions {
  /** What the bytes must have, lowercase hex, else STORAGE_CHECKSUM. */
  readonly md5?: string | undefined
  /** Leaves an object that is there as it is, and throws OBJECT_EXISTS. */
  readonly ifAbsent?: boolean | undefined
  /** A media type, where the store keeps one. */
  readonly contentType?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** Called with the bytes written so far, of all. */
  readonly onProgress?: ((bytes: number) => void) | undefined
}

export type ObjectSource = Uint8Array | { readonly path: string }

/**
 * A place that holds objects by key. All functions throw STORAGE_INVALID_URL for a key that could leave
 * the place, STORAGE_CREDENTIALS, STORAGE_DENIED, STORAGE_NO_BUCKET, STORAGE_UNREACHABLE and
 * STORAGE_TIMEOUT; what may pass by itself is tried again before.
 */
export interface ObjectStore {
  /** For messages: never a credential. */
  readonly url: string
  /** How many ranges of one large object are worth reading at once; 1 when left out. */
  readonly parallelReads?: number
  /** Undefined when there is no such object. */
  stat(
    key: string,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<ObjectInfo | undefined>
  /**
   * The bytes of [start, end), going on by itself where a connection breaks. Throws OBJECT_NOT_FOUND
   * before the first byte; OBJECT_CHANGED and, for a whole object, STORAGE_CHECKSUM while reading.
   */
  read(key: string, options?: ReadOptions): Promise<AsyncIterable<Uint8Array>>
  /** All or nothing: who reads sees the old object or the new one, whole. */
  write(key: string, source: ObjectSource, options?: WriteOptions): Promise<ObjectInfo>
  /** All objects whose key begins with `prefix`, in the order of their UTF-8 bytes. */
  list(
    prefix: string,
    options?: { readonly signal?: AbortSignal | undefined },
  ): AsyncIterable<ObjectInfo>
  /** No error when there is no such object. */
  delete(key: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>
  close(): Promise<void>
}
