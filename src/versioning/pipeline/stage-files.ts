/** What identifies the content of a path. */
export interface PathHash {
  /** Ends in `.dir` for a directory. */
  readonly md5: string
  /** In bytes; of a directory all its files together. */
  readonly size: number | undefined
  /** Of a directory only. */
  readonly nfiles: number | undefined
  readonly isexec: boolean
}

/** What a pipeline needs of the repository: hashes of paths, and the cache. Paths are absolute. */
export interface StageFiles {
  /** The repository's root, absolute. */
  readonly root: string
  /** Absolute: where the folder of the run cache, `runs`, lies. */
  readonly cacheFolder: string
  /** Absolute: `.dvc/tmp`. */
  readonly temporaryFolder: string
  /** Works while no one else does in this repository. */
  alone<T>(work: () => Promise<T>): Promise<T>
  /** Undefined where nothing is. */
  hash(path: string): Promise<PathHash | undefined>
  /** Whether the cache has it, of a directory every file. */
  isCached(hash: PathHash): Promise<boolean>
  /** Takes a path into the cache. With `link` the workspace gets it from there, as the configuration says. */
  commit(path: string, link: boolean): Promise<void>
  /** Puts what the cache has in the place of what is there; without `link`, as a copy. */
  checkout(path: string, hash: PathHash, link: boolean): Promise<void>
  /** Makes what is linked to the cache a file of its own that may be written. */
  unprotect(path: string): Promise<void>
  /** Keeps git away from an output that the cache keeps. */
  ignore(path: string): Promise<void>
}
