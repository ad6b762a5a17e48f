import { addPaths } from '../../versioning/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { addedRecord, addedText } from '../data/added-text.ts'
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
      printResult(context, { added: added.map(addedRecord) }, () =>
        addedText(added, context.cwd, 'Added'),
      )
    })
  },
})
