import { AtelierError, formatCsv } from '../../core/index.ts'
import type { RunEntry, RunQuery } from '../../tracking/index.ts'
import { checkedFilter, checkRunKeys } from '../check-run-keys.ts'
import { defineCommand } from '../command.ts'
import { type CommandContext, printResult } from '../context.ts'
import { columnValue, extraColumns, sortKey } from '../run-cells.ts'
import { type RunIndex, withRunIndex } from '../run-index.ts'
import { runTable } from '../run-table.ts'

export const runsLsCommand = defineCommand({
  arguments: {},
  options: {
    filter: {
      type: 'string',
      description: 'Only runs that fit, as in the examples.',
      short: 'f',
      placeholder: 'EXPR',
    },
    sort: {
      type: 'string',
      description: 'By a key, highest or newest first, or KEY:asc.',
      short: 's',
      placeholder: 'KEY',
    },
    columns: {
      type: 'string',
      description: 'What to show: fields, settings, metrics.',
      short: 'c',
      placeholder: 'A,B,C',
    },
    project: { type: 'string', description: 'Only runs of a project.', placeholder: 'NAME' },
    trashed: { type: 'boolean', description: 'What is in the trash instead.' },
    limit: { type: 'integer', description: 'How many to show.', short: 'n', default: 20 },
    offset: { type: 'integer', description: 'How many to pass over.', default: 0 },
    csv: { type: 'boolean', description: 'Print comma-separated values.' },
  },
  overrides: false,
  examples: [
    { command: 'atelier runs ls', does: 'The newest twenty.' },
    {
      command: `atelier runs ls -f 'val.accuracy > 0.92 and model.type = "cnn"'`,
      does: 'Those that fit.',
    },
    {
      command: `atelier runs ls -f 'tag = keep or not status = completed'`,
      does: 'By tag and status.',
    },
    {
      command: 'atelier runs ls -s val.accuracy -c id,val.accuracy,hyperparameters.learning_rate',
      does: 'The best first, with a setting.',
    },
    { command: 'atelier runs ls -n 1000 --csv > runs.csv', does: 'For a spreadsheet.' },
  ],
  async run(context, { options }) {
    const { limit, offset, trashed } = options
    if (limit < 0 || offset < 0) {
      throw new AtelierError('USAGE', '--limit and --offset are counted from 0.')
    }
    await withRunIndex(context, async (index) => {
      const columns = options.columns === undefined ? undefined : splitNames(options.columns)
      const query = { ...(await queryOf(index, options)), limit, offset, trashed }
      if (index.hasRuns) {
        await checkRunKeys(index.store, columns ?? [], '--columns', extraColumns)
      }
      const { entries, total } = await index.store.find(query)
      const listing = { entries, total, offset, columns, asksFor: asksFor(options) }
      if (options.csv) context.stdout.write(`${csvOf(listing)}\n`)
      else printResult(context, jsonOf(listing), () => textOf(context, listing))
    })
  },
})

interface Listing {
  readonly entries: readonly RunEntry[]
  readonly total: number
  readonly offset: number
  readonly columns: readonly string[] | undefined
  /** What narrowed the list down, to be named when it is empty. */
  readonly asksFor: 'all' | 'some' | 'trash'
}

interface Asked {
  readonly filter: string | undefined
  readonly sort: string | undefined
  readonly project: string | undefined
  readonly trashed: boolean
}

function asksFor({ filter, project, trashed }: Asked): Listing['asksFor'] {
  if (filter !== undefined || project !== undefined) return 'some'
  return trashed ? 'trash' : 'all'
}

async function queryOf(
  index: RunIndex,
  { filter: text, sort: by, project }: Asked,
): Promise<Pick<RunQuery, 'filter' | 'sort'>> {
  const filter = await checkedFilter(index, text ?? '')
  const sort = by === undefined ? undefined : sortOf(by)
  if (sort !== undefined && index.hasRuns) await checkRunKeys(index.store, [sort.key], '--sort')
  const ofProject = {
    kind: 'compare',
    key: 'project',
    operator: '=',
    value: project ?? null,
  } as const
  return {
    filter: project === undefined ? filter : { kind: 'and', parts: [filter, ofProject] },
    sort,
  }
}

function sortOf(text: string): NonNullable<RunQuery['sort']> {
  const [, column = '', order = ''] = /^(.*?)(?::(asc|desc))?$/.exec(text)!
  const { key, reversed } = sortKey(column)
  return { key, descending: (order === 'asc') === reversed }
}

function splitNames(text: string): string[] {
  const names = text.split(',').map((name) => name.trim())
  if (!names.includes('')) return names
  throw new AtelierError('USAGE', `--columns has an empty name: '${text}'.`, {
    hint: 'Write the names with commas between: --columns id,status,val.accuracy.',
  })
}

const CSV_COLUMNS = [
  ...['id', 'project', 'status', 'created', 'seconds', 'architecture', 'dataset.name', 'seed'],
  ...['val.accuracy', 'val.loss', 'best.epoch', 'test_looks', 'tags'],
]

function csvOf({ entries, columns = CSV_COLUMNS }: Listing): string {
  return formatCsv(
    columns,
    entries.map((entry) => columns.map((column) => columnValue(entry, column))),
  )
}

function jsonOf({ entries, total, columns }: Listing) {
  const runs = entries.map((entry) =>
    columns === undefined
      ? { ...entry.record, config: entry.config, folder: entry.folder, trashed: entry.trashed }
      : Object.fromEntries(columns.map((column) => [column, columnValue(entry, column) ?? null])),
  )
  return { total, runs }
}

function textOf({ stdout, clock }: CommandContext, listing: Listing): string {
  const { entries, total, offset, columns } = listing
  if (total === 0) return emptyText(listing)
  if (entries.length === 0) return `No more: there are ${plural(total)}.`
  const width = stdout.isTTY ? stdout.columns : undefined
  const table = runTable(entries, columns, clock.now(), width)
  const end = offset + entries.length
  if (entries.length === total) return `${table}\n${plural(total)}`
  const next = end < total ? `; the next with --offset ${end}` : ''
  return `${table}\n${offset + 1} to ${end} of ${plural(total)}${next}`
}

function emptyText({ asksFor }: Listing): string {
  if (asksFor === 'some') return 'No run fits. List all with `atelier runs ls`.'
  if (asksFor === 'trash') return 'The trash is empty.'
  return 'No runs yet. Start one with `atelier train`.'
}

const plural = (count: number) => `${count} run${count === 1 ? '' : 's'}`
