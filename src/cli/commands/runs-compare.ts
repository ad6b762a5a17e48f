import { join, relative, resolve } from 'node:path'
import { AtelierError } from '../../core/index.ts'
import type { ComparisonPage } from '../../evaluation/index.ts'
import { canonicalMetric } from '../../tracking/index.ts'
import { checkRunKeys } from '../check-run-keys.ts'
import { defineCommand } from '../command.ts'
import { type ComparedRun, comparisonPageOf, letterOf, metricsToDraw } from '../comparison.ts'
import { comparisonCsv, comparisonJson } from '../comparison-data.ts'
import { comparisonText } from '../comparison-text.ts'
import { type CommandContext, printResult } from '../context.ts'
import { type RunIndex, withRunIndex } from '../run-index.ts'
import { seriesOf } from '../run-series.ts'
import { selectRuns } from '../select-runs.ts'

export const runsCompareCommand = defineCommand({
  arguments: {
    runs: {
      description: 'Two or more: ids, their starts or ends, folders, or `latest`.',
      required: true,
      variadic: true,
    },
  },
  options: {
    all: { type: 'boolean', description: 'Settings that are alike too.', short: 'a' },
    metrics: {
      type: 'string',
      description: 'Curves to draw; loss and accuracy when left out.',
      short: 'm',
      placeholder: 'A,B',
    },
    figures: {
      type: 'string',
      description: 'Draws the curves as PNG into a folder.',
      placeholder: 'DIR',
    },
    report: {
      type: 'string',
      description: 'Writes report.html and figures/ to a folder.',
      placeholder: 'DIR',
    },
    csv: { type: 'boolean', description: 'Print comma-separated values.' },
  },
  overrides: false,
  examples: [
    {
      command: 'atelier runs compare quiet-otter amber-badger',
      does: 'What differs, and which did better.',
    },
    {
      command: 'atelier runs compare quiet-otter latest --report reports/comparison',
      does: 'As a page to pass on.',
    },
    {
      command: 'atelier runs compare quiet-otter latest --metrics batch.loss',
      does: 'With the loss of each step.',
    },
  ],
  async run(context, { arguments: { runs: words }, options }) {
    await withRunIndex(context, async (index) => {
      const runs = await comparedRuns(index, context.cwd, words)
      const drawn = await drawnMetrics(index, runs, options.metrics)
      const page = comparisonPageOf(runs, options.all)
      const files = await writeFiles(context, runs, page, drawn, options)
      const name = (path: string) => relative(context.cwd, path) || '.'
      if (files.length > 0) context.logger.info(`Wrote ${files.map(name).join(', ')}`)
      if (options.csv) context.stdout.write(`${comparisonCsv(runs, options.all)}\n`)
      else
        printResult(context, comparisonJson(runs, files), () =>
          comparisonText(
            page,
            runs,
            inTerminal(drawn, options.metrics),
            context.stdout.columns ?? 120,
          ),
        )
    })
  },
})

async function comparedRuns(
  index: RunIndex,
  cwd: string,
  words: readonly string[],
): Promise<ComparedRun[]> {
  const entries = await selectRuns(index, cwd, words, 'both')
  if (entries.length < 2) {
    throw new AtelierError(
      'USAGE',
      `Two different runs are wanted, got ${entries[0]?.record.id}.`,
      {
        hint: 'List the runs with `atelier runs ls`.',
      },
    )
  }
  return Promise.all(
    entries.map(async (entry, at) => ({
      letter: letterOf(at),
      entry,
      series: await seriesOf(index.store, entry),
    })),
  )
}

async function drawnMetrics(
  { store }: RunIndex,
  runs: readonly ComparedRun[],
  asked: string | undefined,
): Promise<readonly string[]> {
  if (asked === undefined) return metricsToDraw(runs)
  const metrics = asked.split(',').map((name) => canonicalMetric(name.trim()))
  const logged = new Set(runs.flatMap(({ series }) => series.map(({ metric }) => metric)))
  const unknown = metrics.filter((metric) => !logged.has(metric))
  await checkRunKeys(store, unknown, '--metrics', [...logged])
  return metrics.filter((metric) => logged.has(metric))
}

const TERMINAL_CHARTS = 2

/** A terminal has room for two; figures have it for all. */
const inTerminal = (drawn: readonly string[], asked: string | undefined) =>
  asked === undefined ? drawn.slice(0, TERMINAL_CHARTS) : drawn

async function writeFiles(
  { cwd }: CommandContext,
  runs: readonly ComparedRun[],
  page: ComparisonPage,
  metrics: readonly string[],
  {
    figures,
    report,
  }: { readonly figures: string | undefined; readonly report: string | undefined },
): Promise<readonly string[]> {
  if (figures === undefined && report === undefined) return []
  // the drawing library takes longer to load than all the rest takes to run
  const { writeComparison } = await import('../comparison-files.ts')
  return writeComparison(runs, page, metrics, {
    figures: resolve(cwd, figures ?? join(report!, 'figures')),
    report: report === undefined ? undefined : resolve(cwd, report),
  })
}
