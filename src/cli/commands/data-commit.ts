import { commitData } from '../../versioning/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { addedRecord, addedText } from '../data/added-text.ts'
import { withDataRepository } from '../data/with-data-repository.ts'

export const dataCommitCommand = defineCommand({
  arguments: {
    targets: { description: 'Tracked data or .dvc files; all when left out.', variadic: true },
  },
  options: {},
  overrides: false,
  examples: [{ command: 'atelier data commit', does: 'Keeps what all tracked data is now.' }],
  async run(context, { arguments: { targets } }) {
    await withDataRepository(context, async (repository) => {
      const done = await commitData(repository, targets, context.cwd)
      printResult(context, { committed: done.map(addedRecord) }, () =>
        done.length === 0 ? 'Nothing is tracked yet.' : addedText(done, context.cwd, 'Committed'),
      )
    })
  },
})
