import { basename, dirname, join, relative } from 'node:path'
import { type AddedPath, addPaths } from '../../versioning/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { hashText } from '../data/hash-text.ts'
import { withDataRepository } from '../data/with-data-repository.ts'

export const dataAddCommand = defineCommand({
  arguments: {
    targets: { description: 'Files and folders to track.', required: true, variadic: true },
  },
  options: {},
  overrides: false,
  examples: [
    { command: 'atelier data add data/processed', does: 'Writes data/processed.dvc, for git.' },
  ],
  async run(context, { arguments: { targets } }) {
    await withDataRepository(context, async (repository) => {
      const added = await addPaths(repository, targets, context.cwd)
      printResult(context, { added: added.map(record) }, () => addedText(added, context.cwd))
    })
  },
})

function record({ path, file, hash, changed }: AddedPath) {
  const { md5, size, nfiles } = hash
  return { path, file, md5, size, nfiles, changed }
}

function addedText(added: readonly AddedPath[], cwd: string): string {
  const lines = added.map(
    ({ path, hash, changed }) =>
      `${changed ? 'Added' : 'Unchanged'}: ${relative(cwd, path)} (${hashText(hash)})`,
  )
  const changed = added.filter((one) => one.changed)
  if (changed.length === 0) return lines.join('\n')
  const files = changed.flatMap(({ file }) => [file, join(dirname(file), '.gitignore')])
  const names = [...new Set(files.map((file) => relative(cwd, file) || basename(file)))]
  return `${lines.join('\n')}\nFor git: git add ${names.join(' ')}`
}
