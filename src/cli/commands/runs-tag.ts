import { AtelierError } from '../../core/index.ts'
import { tagRuns } from '../../tracking/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { requireHere } from '../require-here.ts'
import { withRunIndex } from '../run-index.ts'
import { selectRun } from '../select-runs.ts'

export const runsTagCommand = defineCommand({
  arguments: {
    run: { description: 'Id, its start or end, folder, or `latest`.', required: true },
    tags: { description: 'To add, with commas or blanks between.', variadic: true },
  },
  options: {
    remove: {
      type: 'string',
      description: 'To take away, with commas between.',
      short: 'r',
      placeholder: 'TAGS',
    },
  },
  overrides: false,
  examples: [
    { command: 'atelier runs tag latest baseline,keep', does: 'Adds two tags.' },
    { command: 'atelier runs tag quiet-otter best --remove keep', does: 'Exchanges one.' },
    { command: 'atelier runs tag latest', does: 'Prints the tags.' },
  ],
  async run(context, { arguments: { run: word, tags: words }, options }) {
    const added = words.flatMap(tagsIn)
    const removed = tagsIn(options.remove ?? '')
    await withRunIndex(context, async (index) => {
      const found = await selectRun(index, context.cwd, word)
      refuseUnknown(removed, found.record.tags, found.record.id)
      const isChange = added.length + removed.length > 0
      const change = { add: added, remove: removed }
      const [changed] = isChange
        ? await tagRuns(index.root, requireHere(index, [found]), change, {
            store: index.store,
            clock: context.clock,
          })
        : [found]
      const { record } = changed!
      printResult(
        context,
        { id: record.id, tags: record.tags },
        () => `${record.id}: ${record.tags.join(', ') || 'no tags'}`,
      )
    })
  },
})

function tagsIn(text: string): string[] {
  return text
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '')
}

function refuseUnknown(removed: readonly string[], tags: readonly string[], id: string): void {
  const unknown = removed.find((tag) => !tags.includes(tag))
  if (unknown === undefined) return
  throw new AtelierError('USAGE', `${id} has no tag '${unknown}'.`, {
    hint: tags.length === 0 ? 'It has no tags.' : `Its tags are ${tags.join(', ')}.`,
  })
}
