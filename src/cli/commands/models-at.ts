import { AtelierError } from '../../core/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { shortActor } from '../models/actor.ts'
import { withRegistry } from '../models/with-registry.ts'
import { formatTime } from '../run-cells.ts'
import { formatTable } from '../table.ts'

export const modelsAtCommand = defineCommand({
  arguments: {
    date: {
      description:
        '2026-11-23 (the end of that day), or 2026-11-23T14:30; UTC unless it says else.',
      required: true,
    },
  },
  options: {},
  overrides: false,
  examples: [
    { command: 'atelier models at 2026-11-23', does: 'Where the aliases pointed that night.' },
    { command: 'atelier models at 2026-11-23T14:30+01:00', does: 'At a minute, with its zone.' },
  ],
  async run(context, { arguments: { date } }) {
    const time = momentOf(date)
    await withRegistry(context, async ({ registry }) => {
      const past = await registry.at(time)
      printResult(context, { time, ...past }, () => {
        const when = `${formatTime(time)} UTC`
        if (past.aliases.length === 0) return `At ${when} no alias pointed to anything.`
        const rows = past.aliases.map(({ name, alias, version, since, actor }) => [
          ...[name, alias, String(version), formatTime(since), shortActor(actor)],
        ])
        const table = formatTable(
          [
            { title: 'model' },
            { title: 'alias' },
            { title: 'version', align: 'right' },
            { title: 'since (UTC)' },
            { title: 'by' },
          ],
          rows,
        )
        return `At ${when}, after entry ${past.sequence} of the history:\n\n${table}`
      })
    })
  },
})

const DATE = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)?)?$/

/** ISO 8601 in UTC, to the millisecond. Throws USAGE. */
function momentOf(text: string): string {
  const full = /T/.test(text) ? text : `${text}T23:59:59.999`
  const zoned = /(?:Z|[+-]\d\d:\d\d)$/.test(full) ? full : `${full}Z`
  const time = DATE.test(text) ? Date.parse(zoned) : Number.NaN
  const isReal = !Number.isNaN(time) && (text.length > 10 || isDay(text, time))
  if (isReal) return new Date(time).toISOString()
  throw new AtelierError('USAGE', `'${text}' is not a date.`, {
    hint: 'Write 2026-11-23 or 2026-11-23T14:30, for example.',
  })
}

/** The 31st of a short month would be read as another day. */
const isDay = (text: string, time: number) => new Date(time).toISOString().startsWith(text)
