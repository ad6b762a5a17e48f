import { lstatSync, readdirSync, statSync } from 'node:fs'
import { DVCIGNORE, type IgnoreRules } from '../ignore/dvc-ignore.ts'
import { versioningError } from '../versioning-error.ts'
import { compareCodePoints } from './compare-code-points.ts'

interface Walk {
  /** With a slash at the end. */
  readonly root: string
  /** What the rules know the folder as, with a slash at the end. */
  readonly repoPath: string
  readonly rules: IgnoreRules
  readonly names: string[]
}

/**
 * The files in `root`, relative to it, in the order of their code points; `repoPath` is its path in the repository. Links
 * to files count as files, links to folders are left out, as by DVC. Throws DVC_IGNORE_FILE for a `.dvcignore` in it.
 */
export function walkTree(root: string, repoPath: string, rules: IgnoreRules): string[] {
  const names: string[] = []
  walkFolder({ root: `${root}/`, repoPath: `${repoPath}/`, rules, names }, '')
  sortNames(names)
  return names
}

function walkFolder(walk: Walk, folder: string): void {
  const { root, repoPath, rules, names } = walk
  const entries = readdirSync(`${root}${folder}`, { withFileTypes: true })
  // a repository in a repository is its own affair
  if (folder !== '' && entries.some((entry) => entry.name === '.dvc' && entry.isDirectory())) return
  for (const entry of entries) {
    const name = `${folder}${entry.name}`
    const isFolder = entry.isDirectory()
    if (rules.ignores(`${repoPath}${name}`, isFolder)) continue
    if (isFolder) walkFolder(walk, `${name}/`)
    else if (entry.isFile() || leadsToFile(`${root}${name}`))
      names.push(checkName(entry.name, root, name))
  }
}

function checkName(own: string, root: string, name: string): string {
  if (own === DVCIGNORE) {
    throw versioningError('DVC_IGNORE_FILE', `There is a ${DVCIGNORE} in ${root}: '${name}'.`, {
      hint: `Patterns for data stand in a ${DVCIGNORE} above it: move them there.`,
    })
  }
  if (!own.includes('\ufffd')) return name
  throw versioningError('DVC_UNSUPPORTED', `The name of '${root}${name}' is no UTF-8 text.`, {
    hint: 'Rename the file.',
  })
}

/** Whether a link, or something odd, leads to a file. Throws what the system says of a link into nothing. */
function leadsToFile(path: string): boolean {
  return lstatSync(path).isSymbolicLink() && statSync(path).isFile()
}

/** The usual order is that of UTF-16's units, and differs only for what lies above U+FFFF; it is much quicker. */
function sortNames(names: string[]): void {
  if (names.some((name) => /[\ud800-\udfff]/.test(name))) names.sort(compareCodePoints)
  else names.sort()
}
