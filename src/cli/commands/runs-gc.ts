import { type Garbage, gc } from '../../tracking/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { formatBytes } from '../run-cells.ts'
import { withRunIndex } from '../run-index.ts'
import { formatTable } from '../table.ts'

export const runsGcCommand = defineCommand({
  arguments: {},
  options: {
    dryRun: { type: 'boolean', description: 'Only says what would go.', short: 'n' },
    olderThan: {
      type: 'number',
      description: 'Days that a run must have been in the trash; 0: all of it.',
      placeholder: 'DAYS',
      default: 30,
    },
    checkpoints: {
      type: 'boolean',
      description: 'Also the checkpoints of completed runs; their models stay.',
    },
  },
  overrides: false,
  examples: [
    { command: 'atelier runs gc --dry-run', does: 'What would be deleted, and its size.' },
    { command: 'atelier runs gc --older-than 0', does: 'Empties the trash.' },
    { command: 'atelier runs gc --checkpoints', does: 'Makes room, and keeps every model.' },
  ],
  async run(context, { options: { dryRun, olderThan, checkpoints } }) {
    await withRunIndex(context, async ({ root, store }) => {
      const result = await gc(root, {
        olderThanDays: Math.max(0, olderThan),
        checkpointsOfFinished: checkpoints,
        dryRun,
        store,
        clock: context.clock,
      })
      printResult(context, result, () => {
        if (result.items.length === 0) return 'There is nothing to delete.'
        const total = `${result.items.length} in all, ${formatBytes(result.bytes)}`
        return `${tableOf(result.items)}\n${total}: ${dryRun ? 'nothing was deleted' : 'deleted'}.`
      })
    })
  },
})

function tableOf(items: readonly Garbage[]): string {
  return formatTable(
    [{ title: 'what' }, { title: 'path' }, { title: 'size', align: 'right' }],
    items.map(({ kind, path, bytes }) => [kind, path, formatBytes(bytes)]),
  )
}
