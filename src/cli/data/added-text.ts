import { dirname, join, relative } from 'node:path'
import type { AddedPath } from '../../versioning/index.ts'
import { hashText } from './hash-text.ts'

export function addedRecord({ path, file, hash, changed }: AddedPath) {
  const { md5, size, nfiles } = hash
  return { path, file, md5, size, nfiles, changed }
}

/** A line for each path, and what is left to do for git. `word`: what was done. */
export function addedText(added: readonly AddedPath[], cwd: string, word: string): string {
  const lines = added.map(
    ({ path, hash, changed }) =>
      `${changed ? word : 'Unchanged'}: ${relative(cwd, path)} (${hashText(hash)})`,
  )
  const changed = added.filter((one) => one.changed)
  if (changed.length === 0) return lines.join('\n')
  const files = changed.flatMap(({ file }) => [file, join(dirname(file), '.gitignore')])
  const names = [...new Set(files.map((file) => relative(cwd, file)))]
  return `${lines.join('\n')}\nFor git: git add ${names.join(' ')}`
}
