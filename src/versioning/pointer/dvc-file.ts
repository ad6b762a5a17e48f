import { readFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { type Document, isScalar, parseDocument } from 'yaml'
import type { z } from 'zod'
import { writeFileAtomic } from '../../core/index.ts'
import { isDirHash, isObjectHash, type ObjectRef } from '../objects/object-id.ts'
import { versioningError } from '../versioning-error.ts'
import { writeScalar } from '../yaml12/write-yaml.ts'
import { dvcFileSchema, type RawDvcFile } from './dvc-file-schema.ts'
import { editOutput } from './edit-output.ts'

/** What identifies data: the MD5 with the number of bytes and, of a directory, of files. */
export interface DataHash {
  /** Ends in `.dir` for a directory. */
  readonly md5: string
  /** In bytes; of a directory all its files together. Undefined in some files of DVC 2. */
  readonly size: number | undefined
  /** Of a directory only. */
  readonly nfiles: number | undefined
  readonly kind: ObjectRef['kind']
  readonly isexec: boolean
}

/** One entry of `outs`. */
export interface DataOutput {
  /** As written: relative to the file, or to its `wdir`. */
  readonly path: string
  readonly absolutePath: string
  /** Undefined before the first commit. */
  readonly hash: DataHash | undefined
  /** False: DVC hashes it, and keeps it nowhere. */
  readonly cache: boolean
  readonly push: boolean
  /** The name of the only remote that it goes to. */
  readonly remote: string | undefined
}

/** A `.dvc` file. */
export interface DvcFile {
  readonly path: string
  readonly frozen: boolean
  /** Whether it comes from elsewhere (`dvc import`), and not from `add`. */
  readonly imported: boolean
  /** Whether it comes from another repository (`dvc import`), which keeps the data. */
  readonly fromRepository: boolean
  readonly outputs: readonly DataOutput[]
  /** Kept whole, so that comments and fields of others survive. */
  readonly text: string
}

export const DVC_SUFFIX = '.dvc'

/** Reads and checks a `.dvc` file. Throws DVC_FILE_INVALID. */
export async function readDvcFile(path: string): Promise<DvcFile> {
  return parseDvcFile(await readFile(path, 'utf8'), path)
}

export function parseDvcFile(text: string, path: string): DvcFile {
  const document = parseDocument(text)
  const [problem] = document.errors
  if (problem !== undefined) throw invalid(path, problem.message.split('\n')[0]!.replace(/:$/, ''))
  const result = dvcFileSchema.safeParse(document.toJS() ?? {})
  if (!result.success) throw invalid(path, issueText(result.error.issues[0]!))
  const raw = result.data
  const folder = raw.wdir ? resolve(dirname(path), raw.wdir) : dirname(path)
  const outputs = (raw.outs ?? []).map((out, at) => outputOf(document, path, folder, out, at))
  const imported = raw.deps != null && raw.deps.length > 0
  const fromRepository = raw.deps?.some(({ repo }) => repo !== undefined) === true
  return { path, frozen: raw.frozen === true, imported, fromRepository, outputs, text }
}

type RawOutput = NonNullable<NonNullable<RawDvcFile['outs']>[number]>

function outputOf(
  document: Document,
  file: string,
  folder: string,
  out: RawOutput,
  at: number,
): DataOutput {
  if (/^\w+:\/\//.test(out.path)) throw unsupported(file, `an output outside (${out.path})`)
  if (out.files !== undefined || out.cloud !== undefined || out.version_id !== undefined)
    throw unsupported(file, 'cloud versioning')
  const node = document.getIn(['outs', at, 'md5'], true)
  const md5 = isScalar(node) ? (node.source ?? String(node.value)).toLowerCase() : undefined
  if (md5 !== undefined && !isObjectHash(md5))
    throw invalid(file, `outs[${at}].md5 is '${md5}', wanted 32 hex digits`)
  if (out.hash !== undefined && out.hash !== 'md5')
    throw unsupported(file, `the hash '${out.hash}'`)
  const kind = out.hash === 'md5' ? 'md5' : 'md5-dos2unix'
  const { size, nfiles, isexec = false } = out
  return {
    path: out.path,
    absolutePath: resolve(folder, out.path),
    hash: md5 === undefined ? undefined : { md5, size, nfiles, kind, isexec },
    cache: out.cache !== false,
    push: out.push !== false,
    remote: out.remote ?? undefined,
  }
}

function invalid(path: string, problem: string) {
  return versioningError('DVC_FILE_INVALID', `${path}: ${problem}.`, {
    hint: 'Mend the file, or write it anew with `atelier data add`.',
    data: { path },
  })
}

function unsupported(path: string, what: string) {
  return versioningError('DVC_UNSUPPORTED', `${path} uses ${what}.`, {
    hint: 'Use DVC itself for this file.',
    data: { path },
  })
}

function issueText(issue: z.core.$ZodIssue): string {
  const place = issue.path.join('.') || 'the file'
  if (issue.code === 'unrecognized_keys') return `${place} has the unknown key '${issue.keys[0]}'`
  return `${place}: ${issue.message}`
}

/** The `.dvc` file that `add` makes for one path beside it. */
export function newDvcFileText(name: string, hash: DataHash): string {
  const entries = [...hashEntries(hash), ['hash', 'md5'], ['path', name]] as const
  const lines = entries.map(([key, value], at) => {
    const start = `${at === 0 ? '- ' : '  '}${key}: `
    return `${start}${writeScalar(value, { column: start.length, indent: 4 })}\n`
  })
  return `outs:\n${lines.join('')}`
}

function hashEntries({
  md5,
  size,
  nfiles,
  isexec,
}: DataHash): [string, string | number | boolean][] {
  return [
    ['md5', md5],
    ...(size === undefined ? [] : [['size', size] as [string, number]]),
    ...(isDirHash(md5) && nfiles !== undefined ? [['nfiles', nfiles] as [string, number]] : []),
    ...(isexec ? [['isexec', true] as [string, boolean]] : []),
  ]
}

/** The text of a `.dvc` file with another hash for one output; the rest stays, with its comments. */
export function withOutputHash({ text }: DvcFile, at: number, hash: DataHash): string {
  const none = HASH_KEYS.map((key) => [key, undefined] as const)
  return editOutput(text, at, new Map([...none, ...hashEntries(hash), ['hash', 'md5']]))
}

const HASH_KEYS = ['md5', 'size', 'nfiles', 'isexec', 'etag', 'checksum'] as const

export async function writeDvcFile(path: string, text: string): Promise<void> {
  await writeFileAtomic(path, text)
}

/** The `.dvc` file that tracks a path. */
export function dvcFileOf(path: string): string {
  return join(dirname(path), `${basename(path)}${DVC_SUFFIX}`)
}
