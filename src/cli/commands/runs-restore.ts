import { restoreRuns } from '../../tracking/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { requireHere } from '../require-here.ts'
import { withRunIndex } from '../run-index.ts'
import { selectRuns } from '../select-runs.ts'

export const runsRestoreCommand = defineCommand({
  arguments: {
    runs: {
      description: 'Runs in the trash: ids, their starts or ends, or `latest`.',
      required: true,
      variadic: true,
    },
  },
  options: {},
  overrides: false,
  examples: [
    { command: 'atelier runs restore quiet-otter', does: 'Brings a run back.' },
    { command: 'atelier runs ls --trashed', does: 'Shows what can be restored.' },
  ],
  async run(context, { arguments: { runs: words } }) {
    await withRunIndex(context, async (index) => {
      const entries = await selectRuns(index, context.cwd, words, 'trash')
      const ids = requireHere(index, entries)
      await restoreRuns(index.root, ids, { store: index.store, clock: context.clock })
      printResult(context, { restored: ids }, () => `Restored: ${ids.join(', ')}`)
    })
  },
})
