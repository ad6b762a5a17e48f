import type { DataChoice } from './data-choices.ts'

export interface ProjectChoices {
  readonly name: string
  /** File of `conf/data`. */
  readonly data: string
  readonly choice: DataChoice
  /** What stands for Atelier in `package.json`: a range of versions, or the address of a tarball. */
  readonly dependency: string
}

/** A file of a new project: its path in there with `/` between, and its bytes. */
export interface ProjectFile {
  readonly path: string
  readonly content: Uint8Array | string
}
