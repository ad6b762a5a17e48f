import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type IgnorePattern, parseIgnoreFile, parseIgnorePattern } from './ignore-pattern.ts'

export const DVCIGNORE = '.dvcignore'

/** What DVC never looks at, anywhere. */
const BUILT_IN = ['.hg/', '.git/', '.git', '.dvc/']

/** The patterns of one folder; `base` is its path in the repository with a slash at the end, or empty. */
interface Layer {
  readonly base: string
  readonly patterns: readonly IgnorePattern[]
}

/** The rules that hold for a folder, from the repository's root on. */
export interface IgnoreRules {
  /** `path` is relative to the repository, parts separated by `/`. */
  ignores(path: string, isFolder: boolean): boolean
  /** Undefined where no pattern matches. */
  verdict(path: string, isFolder: boolean): boolean | undefined
}

/**
 * The rules for what lies in a folder of a repository: those of `.dvcignore` in it and in all folders above.
 * `folder` is relative to `root`, parts separated by `/`; empty for the root.
 */
export async function loadIgnoreRules(root: string, folder: string): Promise<IgnoreRules> {
  const parts = folder === '' ? [] : folder.split('/')
  const bases = parts.map((_, at) => `${parts.slice(0, at + 1).join('/')}/`)
  const layers: Layer[] = [
    { base: '', patterns: BUILT_IN.map((line) => parseIgnorePattern(line)!) },
  ]
  for (const base of ['', ...bases]) {
    const text = await readFile(join(root, base, DVCIGNORE), 'utf8').catch(() => undefined)
    if (text === undefined || rulesOf(layers).ignores(`${base}${DVCIGNORE}`, false)) continue
    layers.push({ base, patterns: parseIgnoreFile(text) })
  }
  return rulesOf(layers)
}

/** The rules of a `.gitignore`; `base` is its folder in the repository with a slash at the end, or empty. */
export function addGitIgnore(
  rules: IgnoreRules | undefined,
  base: string,
  text: string,
): IgnoreRules {
  const own = rulesOf([{ base, patterns: parseIgnoreFile(text) }])
  return {
    verdict: (path, isFolder) => own.verdict(path, isFolder) ?? rules?.verdict(path, isFolder),
    ignores(path, isFolder) {
      return this.verdict(path, isFolder) === true
    },
  }
}

/** The last pattern that matches decides. */
function rulesOf(layers: readonly Layer[]): IgnoreRules {
  const tests = layers
    .flatMap(({ base, patterns }) => patterns.map((pattern) => ({ base, pattern })))
    .reverse()
  return {
    ignores(path, isFolder) {
      return this.verdict(path, isFolder) === true
    },
    verdict(path, isFolder) {
      for (const { base, pattern } of tests) {
        if (pattern.onlyFolders && !isFolder) continue
        if (path.startsWith(base) && pattern.matches(path.slice(base.length)))
          return !pattern.negated
      }
      return undefined
    },
  }
}
