import { trashRuns } from '../../tracking/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { requireHere } from '../require-here.ts'
import { withRunIndex } from '../run-index.ts'
import { selectByWordsOrFilter } from '../select-runs.ts'

export const runsRmCommand = defineCommand({
  arguments: {
    runs: { description: 'Ids, their starts or ends, folders, or `latest`.', variadic: true },
  },
  options: {
    filter: {
      type: 'string',
      description: 'All runs that fit, as in `runs ls`.',
      short: 'f',
      placeholder: 'EXPR',
    },
  },
  overrides: false,
  examples: [
    { command: 'atelier runs rm quiet-otter', does: 'Puts a run into the trash.' },
    {
      command: `atelier runs rm -f 'status = crashed and not tag = keep'`,
      does: 'Puts all runs that fit into the trash.',
    },
  ],
  async run(context, { arguments: { runs: words }, options: { filter } }) {
    await withRunIndex(context, async (index) => {
      const entries = await selectByWordsOrFilter(index, context.cwd, words, filter)
      const ids = requireHere(index, entries)
      await trashRuns(index.root, ids, { store: index.store, clock: context.clock })
      printResult(context, { trashed: ids }, () =>
        ids.length === 0
          ? 'No run fits.'
          : [
              `In the trash now, where they wait for \`atelier runs gc\`:`,
              ...ids.map((id) => `  ${id}`),
              `Bring back: atelier runs restore ${ids.length === 1 ? ids[0] : 'RUN'}`,
            ].join('\n'),
      )
    })
  },
})
