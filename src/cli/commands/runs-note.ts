import { AtelierError } from '../../core/index.ts'
import { noteRun } from '../../tracking/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { requireHere } from '../require-here.ts'
import { withRunIndex } from '../run-index.ts'
import { selectRun } from '../select-runs.ts'

export const runsNoteCommand = defineCommand({
  arguments: {
    run: { description: 'Id, its start or end, folder, or `latest`.', required: true },
    text: { description: 'What to write, in place of what is there.', variadic: true },
  },
  options: {
    append: { type: 'boolean', description: 'Adds a line instead.', short: 'a' },
    clear: { type: 'boolean', description: 'Takes the note away.' },
  },
  overrides: false,
  examples: [
    {
      command: 'atelier runs note latest "Lower rate: slower, not better."',
      does: 'Writes a note.',
    },
    { command: 'atelier runs note latest --append "Again with seed 7."', does: 'Adds a line.' },
    { command: 'atelier runs note latest', does: 'Prints it.' },
  ],
  async run(context, { arguments: { run: word, text: words }, options: { append, clear } }) {
    const text = words.join(' ').trim()
    if (clear && (append || text !== '')) {
      throw new AtelierError('USAGE', '--clear goes with neither a text nor --append.')
    }
    await withRunIndex(context, async (index) => {
      const found = await selectRun(index, context.cwd, word)
      const { notes } = found.record
      const wanted = append && notes !== '' ? `${notes}\n${text}` : text
      const [id] = requireHere(index, [found])
      const { record } =
        clear || text !== ''
          ? await noteRun(index.root, id!, wanted, { store: index.store, clock: context.clock })
          : found
      printResult(context, { id: record.id, notes: record.notes }, () =>
        record.notes === '' ? `${record.id}: no note` : record.notes,
      )
    })
  },
})
