import { resolve } from 'node:path'
import { importRuns } from '../../tracking/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { withRunIndex } from '../run-index.ts'

export const runsImportCommand = defineCommand({
  arguments: {
    source: { description: 'What `runs export` wrote: a file or a folder.', required: true },
  },
  options: {},
  overrides: false,
  examples: [{ command: 'atelier runs import paper.tar', does: 'All of it, or nothing.' }],
  async run(context, { arguments: { source } }) {
    await withRunIndex(context, async ({ root, store }) => {
      const ids = await importRuns(root, resolve(context.cwd, source), {
        store,
        clock: context.clock,
      })
      printResult(context, { imported: ids }, () =>
        ['Imported:', ...ids.map((id) => `  ${id}`)].join('\n'),
      )
    })
  },
})
