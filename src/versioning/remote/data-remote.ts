import type { ObjectRef } from '../objects/object-id.ts'

/** What a transfer tells while it runs. */
export interface TransferOptions {
  readonly signal?: AbortSignal | undefined
  /** Called with the bytes of each piece. */
  readonly onBytes?: (bytes: number) => void
}

/** A place beside the cache that holds objects, in the same layout. */
export interface DataRemote {
  readonly name: string
  /** For messages: never a credential. */
  readonly url: string
  /** Those of the objects that are there, by `refKey`. */
  existing(refs: readonly ObjectRef[], options?: TransferOptions): Promise<ReadonlySet<string>>
  /** Copies objects from the cache; what is there already stays. Throws DVC_OBJECT_CORRUPT, DVC_OBJECT_MISSING. */
  push(refs: readonly ObjectRef[], options?: TransferOptions): Promise<void>
  /** Copies objects to the cache, each compared with its name. Throws DVC_OBJECT_CORRUPT, DVC_OBJECT_MISSING. */
  fetch(refs: readonly ObjectRef[], options?: TransferOptions): Promise<void>
  /** All objects of DVC 3's layout, and of DVC 2's. */
  list(): AsyncIterable<ObjectRef>
  delete(ref: ObjectRef): Promise<void>
  close(): Promise<void>
}
