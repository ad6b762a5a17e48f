import { pullData } from '../../versioning/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { checkedOutText } from '../data/checked-out-text.ts'
import { transferArguments, transferOptions } from '../data/transfer-options.ts'
import { transferredText } from '../data/transferred-text.ts'
import { withDataRepository } from '../data/with-data-repository.ts'

export const dataPullCommand = defineCommand({
  arguments: transferArguments,
  options: {
    ...transferOptions,
    force: {
      type: 'boolean',
      short: 'f',
      description: 'Replaces also data that is kept nowhere else.',
    },
  },
  overrides: false,
  examples: [
    { command: 'atelier data pull', does: 'All data that the .dvc files name.' },
    { command: 'atelier data pull data/processed', does: 'Only this.' },
  ],
  async run(context, { arguments: { targets }, options }) {
    await withDataRepository(context, async (repository) => {
      const result = await pullData(repository, targets, context.cwd, options)
      printResult(context, result, () => {
        const { fetched, outputs } = result
        const changed = outputs.some(({ state }) => state !== 'unchanged')
        if (fetched.objects === 0 && !changed) return 'Everything is up to date.'
        return `${transferredText(fetched, 'fetched')}\n${checkedOutText(outputs)}`
      })
    })
  },
})
