import { checkOut } from '../../versioning/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { checkedOutText } from '../data/checked-out-text.ts'
import { withDataRepository } from '../data/with-data-repository.ts'

export const dataCheckoutCommand = defineCommand({
  arguments: {
    targets: {
      description: 'Tracked data, .dvc files or paths in tracked data; all when left out.',
      variadic: true,
    },
  },
  options: {
    force: {
      type: 'boolean',
      short: 'f',
      description: 'Replaces also data that is kept nowhere else.',
    },
    relink: { type: 'boolean', description: 'Links all anew, as cache.type says.' },
  },
  overrides: false,
  examples: [
    {
      command: 'atelier data checkout',
      does: 'After `git checkout`: the data that belongs to it.',
    },
    { command: 'atelier data checkout data/raw.dvc', does: 'Only this.' },
  ],
  async run(context, { arguments: { targets }, options }) {
    await withDataRepository(context, async (repository) => {
      const outputs = await checkOut(repository, targets, context.cwd, options)
      printResult(context, { outputs }, () => checkedOutText(outputs))
    })
  },
})
