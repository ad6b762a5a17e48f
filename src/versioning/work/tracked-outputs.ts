import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { nearestName } from '../../core/index.ts'
import { addGitIgnore, type IgnoreRules, loadIgnoreRules } from '../ignore/dvc-ignore.ts'
import { PIPELINE_FILE } from '../pipeline/stage.ts'
import {
  type DataOutput,
  DVC_SUFFIX,
  type DvcFile,
  dvcFileOf,
  parseDvcFile,
} from '../pointer/dvc-file.ts'
import { type DataRepository, pathExists } from '../repository.ts'
import { versioningError } from '../versioning-error.ts'

/** An output with the `.dvc` file that it stands in. */
export interface TrackedOutput {
  readonly file: DvcFile
  /** Its place in the file. */
  readonly index: number
  readonly output: DataOutput
}

/**
 * The outputs of all `.dvc` files of a repository, in the order of their paths. Tracked data, what `.dvcignore` names,
 * folders that git ignores and repositories within are not looked into. Throws DVC_FILE_INVALID.
 */
export async function trackedOutputs(
  repository: DataRepository,
): Promise<readonly TrackedOutput[]> {
  const paths = await findDvcFiles(repository, (name) => name.endsWith(DVC_SUFFIX))
  return paths.flatMap((path) => outputsOf(parseDvcFile(readFileSync(path, 'utf8'), path)))
}

function outputsOf(file: DvcFile): TrackedOutput[] {
  return file.outputs.map((output, index) => ({ file, index, output }))
}

async function stageOutputs(repository: DataRepository): Promise<readonly TrackedOutput[]> {
  const files = await findDvcFiles(repository, isPipelineFile)
  if (files.length === 0) return []
  // what reads stages is much to load
  const { lockedOutputs } = await import('./locked-outputs.ts')
  return lockedOutputs(files, repository.root)
}

const isPipelineFile = (name: string) => name === PIPELINE_FILE

/** The files of a repository with a name that is wanted, below no tracked data; absolute and sorted. */
export async function findDvcFiles(
  repository: DataRepository,
  wanted: (name: string) => boolean,
): Promise<string[]> {
  const found: string[] = []
  await lookInto({ root: repository.root, wanted, found, skipped: new Set() }, '', undefined)
  return found.sort()
}

interface Search {
  readonly root: string
  readonly wanted: (name: string) => boolean
  readonly found: string[]
  /** Absolute paths of tracked data. */
  readonly skipped: Set<string>
}

/** `base`: the folder in the repository, with a slash at the end. */
async function lookInto(search: Search, base: string, git: IgnoreRules | undefined): Promise<void> {
  const { root, wanted, found, skipped } = search
  const folder = join(root, base)
  const entries = readdirSync(folder, { withFileTypes: true })
  if (base !== '' && entries.some(({ name }) => name === '.dvc')) return
  const rules = await loadIgnoreRules(root, base.slice(0, -1))
  const gitIgnore = entries.some(({ name }) => name === '.gitignore')
    ? addGitIgnore(git, base, readFileSync(join(folder, '.gitignore'), 'utf8'))
    : git
  for (const entry of entries) {
    const isPointer = entry.name.endsWith(DVC_SUFFIX)
    if (entry.isDirectory() || !(isPointer || wanted(entry.name))) continue
    if (rules.ignores(`${base}${entry.name}`, false)) continue
    const path = join(folder, entry.name)
    if (wanted(entry.name)) found.push(path)
    if (isPointer) for (const data of pathsIn(path)) skipped.add(data)
  }
  for (const entry of entries) {
    const name = `${base}${entry.name}`
    if (!entry.isDirectory() || skipped.has(join(folder, entry.name))) continue
    if (rules.ignores(name, true) || gitIgnore?.ignores(name, true)) continue
    await lookInto(search, `${name}/`, gitIgnore)
  }
}

/** A file that cannot be read is named later, where it is asked for. */
function pathsIn(file: string): string[] {
  try {
    return parseDvcFile(readFileSync(file, 'utf8'), file).outputs.map((out) => out.absolutePath)
  } catch {
    return []
  }
}

/** A tracked output, or one path within it. */
export interface Target extends TrackedOutput {
  /** Below the output, parts separated by `/`; undefined for the whole. */
  readonly inner: string | undefined
}

/**
 * The outputs that words of the command line mean: data, its `.dvc` file, a path in tracked data, or a folder of
 * these. All outputs without a word. With stages, those of `dvc.lock` belong to them. Throws DVC_TARGET_UNKNOWN.
 */
export async function findTargets(
  repository: DataRepository,
  words: readonly string[],
  cwd: string,
  { withStages = false }: { readonly withStages?: boolean } = {},
): Promise<readonly Target[]> {
  const whole = (tracked: TrackedOutput): Target => ({ ...tracked, inner: undefined })
  const direct = words.map((word) => directTarget(resolve(cwd, word)))
  // one file's pointer lies beside it: no need to look through the repository
  if (words.length > 0 && direct.every((targets) => targets !== undefined))
    return direct.flat().map(whole)
  const stages = withStages ? await stageOutputs(repository) : []
  const all = [...(await trackedOutputs(repository)), ...stages]
  if (words.length === 0) return all.map(whole)
  return words.flatMap((word) => matching(all, word, resolve(cwd, word)))
}

function directTarget(path: string): TrackedOutput[] | undefined {
  const file = path.endsWith(DVC_SUFFIX) ? path : dvcFileOf(path)
  if (!pathExists(file)) return undefined
  const outputs = outputsOf(parseDvcFile(readFileSync(file, 'utf8'), file))
  return file === path ? outputs : outputs.filter(({ output }) => output.absolutePath === path)
}

function matching(all: readonly TrackedOutput[], word: string, path: string): Target[] {
  const exact = all.filter(({ output, file }) => output.absolutePath === path || file.path === path)
  const below = all.filter(({ file }) => file.path.startsWith(`${path}${sep}`))
  const within = all.filter(({ output }) => path.startsWith(`${output.absolutePath}${sep}`))
  const found: Target[] = [
    ...(exact.length > 0 ? exact : below).map((tracked) => ({ ...tracked, inner: undefined })),
    ...within.map((tracked) => ({
      ...tracked,
      inner: relative(tracked.output.absolutePath, path).split(sep).join('/'),
    })),
  ]
  if (found.length > 0) return found
  const nearest = nearestName(
    word,
    all.map(({ output }) => output.path),
  )
  throw versioningError('DVC_TARGET_UNKNOWN', `Nothing is tracked as '${word}'.`, {
    hint:
      nearest === undefined
        ? '`atelier data status` lists what is tracked.'
        : `Did you mean '${nearest}'?`,
    data: { target: word },
  })
}
