import type { HistoryEntry, RegistryAction } from '../../contracts/index.ts'
import { AtelierError } from '../../core/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { shortActor } from '../models/actor.ts'
import { withRegistry } from '../models/with-registry.ts'
import { formatTime } from '../run-cells.ts'
import { formatTable } from '../table.ts'

export const modelsHistoryCommand = defineCommand({
  arguments: { name: { description: 'Only what happened to this model.' } },
  options: {
    alias: { type: 'string', description: 'Only the moves of this alias.', short: 'a' },
    limit: {
      type: 'integer',
      description: 'At most so many, the newest.',
      short: 'n',
      default: 50,
    },
  },
  overrides: false,
  examples: [
    { command: 'atelier models history', does: 'What happened, newest first.' },
    {
      command: 'atelier models history classifier -a production',
      does: 'Who was production when.',
    },
  ],
  async run(context, { arguments: { name }, options: { alias, limit } }) {
    if (limit < 1) throw new AtelierError('USAGE', `--limit is ${limit}, wanted at least 1.`)
    await withRegistry(context, async ({ registry }) => {
      const entries = await registry.history({ name, alias, limit })
      printResult(context, entries, () =>
        entries.length === 0 ? 'Nothing happened yet.' : table(entries),
      )
    })
  },
})

function table(entries: readonly HistoryEntry[]): string {
  return formatTable(
    [
      { title: 'entry', align: 'right' },
      { title: 'time (UTC)' },
      { title: 'model' },
      { title: 'what' },
      { title: 'who' },
      { title: 'why' },
    ],
    entries.map((entry) => [
      String(entry.sequence),
      formatTime(entry.time),
      entry.model,
      WHAT[entry.action](entry),
      shortActor(entry.actor),
      (entry.reason ?? '').replace(/\s+/g, ' '),
    ]),
  )
}

const place = (version: number | null) => (version === null ? 'nothing' : String(version))
const move = (how: string) => (entry: HistoryEntry) =>
  `${entry.alias}: ${place(entry.previous)} → ${place(entry.version)}, ${how}`

const WHAT: Readonly<Record<RegistryAction, (entry: HistoryEntry) => string>> = {
  registered: ({ version }) => `version ${version} registered`,
  described: ({ version }) => `version ${version} described`,
  aliased: move('set'),
  unaliased: move('taken away'),
  promoted: move('promoted'),
  refused: ({ version, alias }) => `${alias}: version ${version} refused by the gate`,
  rolled_back: move('rolled back'),
}
