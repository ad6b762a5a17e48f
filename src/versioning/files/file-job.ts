import type { LinkType } from '../config/check-settings.ts'
import type { HashKind } from '../objects/object-id.ts'
import type { SignatureRow } from './file-signature.ts'

/** Reads files and gives their MD5; with `store`, keeps what was read as objects. */
export interface HashJob {
  readonly kind: 'hash'
  /** What the names begin with, with a separator at the end where one belongs. */
  readonly base: string
  readonly names: readonly string[]
  readonly hash: HashKind
  /** The folder of the two-digit folders. */
  readonly store: string | undefined
}

export interface HashResult {
  readonly md5: readonly string[]
  /** Cleared where the file was too new to be known by its time later. */
  readonly signatures: SignatureRow
  readonly bytes: number
}

/** Copies objects from one folder of objects to another, comparing each with its name. What is there is replaced. */
export interface CopyJob {
  readonly kind: 'copy'
  readonly from: string
  /** Is there. */
  readonly to: string
  /** Stands in the names of folders that are being filled. */
  readonly mark: string
  /** Hashes, with `.dir` where it belongs, best in their order. */
  readonly md5: readonly string[]
  readonly hash: HashKind
}

export type CopyOutcome = 'copied' | 'missing' | 'corrupt'

export interface CopyResult {
  readonly outcomes: readonly CopyOutcome[]
  readonly bytes: number
}

/** Puts objects into the workspace, each file whole or not at all. What is there is replaced. */
export interface CheckoutJob {
  readonly kind: 'checkout'
  /** The folder of the two-digit folders. */
  readonly objects: string
  readonly md5: readonly string[]
  readonly hash: HashKind
  readonly base: string
  readonly names: readonly string[]
  readonly links: readonly LinkType[]
  /**
   * A folder for files that are being written, on the disk of the workspace where possible; undefined when nobody knows
   * of `base` yet, so that files may be written in their place.
   */
  readonly staging: string | undefined
  /** 0o755 or 0o644 without what the umask takes away. */
  readonly mode: number
}

export type CheckoutOutcome = 'placed' | 'missing' | 'corrupt' | 'no link'

export interface CheckoutResult {
  readonly outcomes: readonly CheckoutOutcome[]
  readonly signatures: SignatureRow
  readonly bytes: number
}

/** Compares objects with their names. */
export interface VerifyJob {
  readonly kind: 'verify'
  readonly objects: string
  readonly md5: readonly string[]
  readonly hash: HashKind
}

export type VerifyOutcome = 'sound' | 'missing' | 'corrupt' | 'mode'

export interface VerifyResult {
  readonly outcomes: readonly VerifyOutcome[]
  readonly bytes: number
}

/** What tells whether files changed, without reading them. */
export interface StatJob {
  readonly kind: 'stat'
  readonly base: string
  readonly names: readonly string[]
}

export interface StatResult {
  /** Cleared for what is not there. */
  readonly signatures: SignatureRow
}

export interface FileJobs {
  readonly stat: { readonly job: StatJob; readonly result: StatResult }
  readonly hash: { readonly job: HashJob; readonly result: HashResult }
  readonly copy: { readonly job: CopyJob; readonly result: CopyResult }
  readonly checkout: { readonly job: CheckoutJob; readonly result: CheckoutResult }
  readonly verify: { readonly job: VerifyJob; readonly result: VerifyResult }
}

export type FileJob = FileJobs[keyof FileJobs]['job']
export type ResultOf<J extends FileJob> = FileJobs[J['kind']]['result']

/** Called with bytes as they are read, within large files, too. */
export type OnBytes = (bytes: number) => void
