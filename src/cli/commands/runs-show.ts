import { stringify } from 'yaml'
import { AtelierError } from '../../core/index.ts'
import { flattenConfig, type RunEntry } from '../../tracking/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { metricsText, summarizeMetrics } from '../metrics-text.ts'
import { formatValue } from '../run-cells.ts'
import { withRunIndex } from '../run-index.ts'
import { epochRows, seriesOf } from '../run-series.ts'
import { runText } from '../run-text.ts'
import { selectRun } from '../select-runs.ts'
import { formatTable } from '../table.ts'

export const runsShowCommand = defineCommand({
  arguments: {
    run: { description: 'Id, its start or end, folder, or `latest`.', required: true },
  },
  options: {
    provenance: { type: 'boolean', description: 'What set each value of the configuration.' },
    config: { type: 'boolean', description: 'The resolved configuration.' },
    metrics: { type: 'boolean', description: 'Every metric with its curve.' },
  },
  overrides: false,
  examples: [
    { command: 'atelier runs show latest', does: 'The newest run.' },
    { command: 'atelier runs show quiet-otter', does: 'A run by the end of its id.' },
    {
      command: 'atelier runs show latest --provenance',
      does: 'The file or override behind each value.',
    },
    { command: 'atelier runs show latest --metrics', does: 'All metrics and their curves.' },
  ],
  async run(context, { arguments: { run: word }, options }) {
    await withRunIndex(context, async ({ store, ...index }) => {
      const entry = await selectRun({ store, ...index }, context.cwd, word, 'both')
      if (options.provenance) requireProvenance(entry)
      const series = await seriesOf(store, entry)
      const epochs = epochRows(series, entry)
      const { record, ...rest } = entry
      const value = { ...record, ...rest, epochs, metrics: summarizeMetrics(series) }
      const width = context.stdout.columns ?? 80
      const surroundings = { cwd: context.cwd, now: context.clock.now() }
      printResult(context, value, () => {
        const parts = [
          ...(options.config ? [configText(entry)] : []),
          ...(options.provenance ? [provenanceText(entry)] : []),
          ...(options.metrics ? [metricsText(series, width)] : []),
        ]
        return parts.length > 0 ? parts.join('\n\n') : runText(entry, epochs, surroundings)
      })
    })
  },
})

function requireProvenance({ record, provenance }: RunEntry): void {
  if (provenance.length > 0) return
  const how =
    record.architecture === null
      ? 'its configuration was given by a program, not composed from files'
      : 'it is older than that'
  throw new AtelierError('RUN_NOT_FOUND', `${record.id} has no provenance.json: ${how}.`, {
    hint: `See the values with \`atelier runs show ${record.id} --config\`.`,
  })
}

function configText({ config }: RunEntry): string {
  return Object.keys(config).length === 0
    ? 'It was given no configuration.'
    : stringify(config, { lineWidth: 0 }).trimEnd()
}

function provenanceText({ config, provenance }: RunEntry): string {
  const values = flattenConfig(config)
  return formatTable(
    [{ title: 'key' }, { title: 'value' }, { title: 'set by' }],
    provenance.map(({ key, origin }) => [key, cut(formatValue(values.get(key), key)), origin]),
  )
}

const LONGEST_VALUE = 32

const cut = (text: string) =>
  text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE - 1)}…`
