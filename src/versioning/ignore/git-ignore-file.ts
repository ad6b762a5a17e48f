import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { writeFileAtomic } from '../../core/index.ts'
import { escapePattern } from './ignore-pattern.ts'

const run = promisify(execFile)

/** The nearest folder from `start` up that git works in; undefined outside of one. */
export function findGitRoot(start: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder
    if (dirname(folder) === folder) return undefined
  }
}

/** Whether git ignores a path. False where git cannot be run: then an entry too many does no harm. */
export async function isGitIgnored(path: string): Promise<boolean> {
  const args = ['check-ignore', '--quiet', '--no-index', '--', path]
  return run('git', args, { cwd: await existingFolder(dirname(path)) }).then(
    () => true,
    () => false,
  )
}

/** Those of the files that git tracks, below or equal to a path. */
export async function gitTracked(path: string): Promise<readonly string[]> {
  const args = ['ls-files', '-z', '--', path]
  return run('git', args, { cwd: await existingFolder(dirname(path)) }).then(
    ({ stdout }) => stdout.split('\0').filter(Boolean),
    () => [],
  )
}

async function existingFolder(folder: string): Promise<string> {
  return existsSync(folder) || dirname(folder) === folder ? folder : existingFolder(dirname(folder))
}

/** Adds `/name` to the `.gitignore` beside a path, unless git ignores it already. */
export async function addToGitIgnore(path: string): Promise<void> {
  if (await isGitIgnored(path)) return
  const file = join(dirname(path), '.gitignore')
  const text = await readFile(file, 'utf8').catch(() => '')
  const line = `/${escapePattern(basename(path))}`
  if (text.split('\n').includes(line)) return
  const start = text === '' || text.endsWith('\n') ? text : `${text}\n`
  await writeFileAtomic(file, `${start}${line}\n`)
}

/** Takes the line away again, and the file with its last line. */
export async function removeFromGitIgnore(path: string): Promise<void> {
  const file = join(dirname(path), '.gitignore')
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return
  const entries = [`/${escapePattern(basename(path))}`, `/${basename(path)}`]
  const lines = text.split('\n')
  const rest = lines.filter((line) => !entries.includes(line.trim()))
  if (rest.length === lines.length) return
  if (rest.join('') === '') await rm(file, { force: true })
  else await writeFileAtomic(file, rest.join('\n'))
}
