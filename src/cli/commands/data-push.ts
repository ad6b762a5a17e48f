import { pushData } from '../../versioning/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { transferArguments, transferOptions } from '../data/transfer-options.ts'
import { transferredText } from '../data/transferred-text.ts'
import { withDataRepository } from '../data/with-data-repository.ts'

export const dataPushCommand = defineCommand({
  arguments: transferArguments,
  options: transferOptions,
  overrides: false,
  examples: [
    { command: 'atelier data push', does: 'What the remote lacks, listings of folders last.' },
  ],
  async run(context, { arguments: { targets }, options }) {
    await withDataRepository(context, async (repository) => {
      const result = await pushData(repository, targets, context.cwd, options)
      printResult(context, result, () => transferredText(result, 'pushed'))
    })
  },
})
