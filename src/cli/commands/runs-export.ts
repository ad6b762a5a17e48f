import { relative, resolve } from 'node:path'
import { AtelierError } from '../../core/index.ts'
import { exportRuns } from '../../tracking/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { requireHere } from '../require-here.ts'
import { formatBytes } from '../run-cells.ts'
import { withRunIndex } from '../run-index.ts'
import { selectByWordsOrFilter } from '../select-runs.ts'

export const runsExportCommand = defineCommand({
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
    output: {
      type: 'string',
      description: 'A file that ends in .tar, or a new folder. Default: runs.tar.',
      short: 'o',
      placeholder: 'PATH',
      default: 'runs.tar',
    },
  },
  overrides: false,
  examples: [
    {
      command: 'atelier runs export quiet-otter -o otter.tar',
      does: 'One run with all its files.',
    },
    { command: `atelier runs export -f 'tag = paper' -o paper.tar`, does: 'All runs that fit.' },
    { command: 'atelier runs import paper.tar', does: 'Takes them in, elsewhere.' },
  ],
  async run(context, { arguments: { runs: words }, options: { filter, output } }) {
    await withRunIndex(context, async (index) => {
      const entries = await selectByWordsOrFilter(index, context.cwd, words, filter)
      if (entries.length === 0) {
        throw new AtelierError('RUN_NOT_FOUND', 'No run fits: nothing was written.', {
          hint: 'List the runs with `atelier runs ls`.',
        })
      }
      const ids = requireHere(index, entries)
      const target = resolve(context.cwd, output)
      const result = await exportRuns(index.root, ids, target, { clock: context.clock })
      printResult(context, result, () => {
        const what = `${result.runs.length} run${result.runs.length === 1 ? '' : 's'}`
        const place = relative(context.cwd, target)
        return `Wrote ${what}, ${result.files} files, ${formatBytes(result.bytes)}, to ${place}\nTake them in elsewhere: atelier runs import ${place}`
      })
    })
  },
})
