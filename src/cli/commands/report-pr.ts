import { readdir } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { AtelierError, writeFileAtomic } from '../../core/index.ts'
import { compareSides, type LinkedFigure, pullRequestText } from '../../reporting/index.ts'
import { metricDirection } from '../../tracking/index.ts'
import { defineCommand } from '../command.ts'
import { type CommandContext, printResult } from '../context.ts'
import { findBase, findHead, usualBase } from '../report/find-sides.ts'
import type { FoundSide } from '../report/sides.ts'
import { formatMetric, formatValue } from '../run-cells.ts'
import { type RunIndex, withRunIndex } from '../run-index.ts'

export const reportPrCommand = defineCommand({
  arguments: {},
  options: {
    base: {
      type: 'string',
      description:
        'What to compare with: a run, a tag of runs, @production, a metrics file, a git commit or branch. Tag baseline or main, else the branch main, when left out.',
      short: 'b',
      placeholder: 'NAME',
    },
    optionalBase: { type: 'boolean', description: 'It is no failure that --base is not there.' },
    run: {
      type: 'string',
      description:
        'The run, a registered model, or a metrics file; the newest complete run when left out.',
      short: 'r',
      placeholder: 'RUN',
    },
    inline: { type: 'boolean', description: 'No links to figures: for a comment, which has none.' },
    output: {
      type: 'string',
      description: 'A file for the Markdown, which is else printed.',
      short: 'o',
      placeholder: 'FILE',
    },
  },
  overrides: false,
  examples: [
    { command: 'atelier report pr', does: 'The newest run against main.' },
    { command: 'atelier report pr -b quiet-otter -o report.md', does: 'Against another run.' },
    {
      command: 'atelier report pr -r reports/metrics.json -b origin/main --inline',
      does: 'What stands in git, for a comment.',
    },
  ],
  async run(context, { options }) {
    await withRunIndex(context, async (index) => {
      const head = await findHead(context, index, options.run)
      const base = await baseOf(context, index, head, options)
      const comparison = compareSides(head.side, base?.side, metricDirection)
      const output = options.output === undefined ? undefined : resolve(context.cwd, options.output)
      const from = output === undefined ? context.cwd : dirname(output)
      const figures = options.inline ? [] : await figuresOf(head, from)
      const sides = { head: head.side, base: base?.side, comparison, figures }
      const text = pullRequestText({ ...sides, formatMetric, formatSetting: formatValue })
      if (output !== undefined) await writeFileAtomic(output, text)
      const names = { head: head.side.description, base: base?.side.description ?? null }
      printResult(context, { ...names, ...comparison, markdown: text }, () =>
        output === undefined ? text : `Wrote ${relative(context.cwd, output)}.`,
      )
    })
  },
})

interface BaseOptions {
  readonly base: string | undefined
  readonly optionalBase: boolean
}

async function baseOf(
  context: CommandContext,
  index: RunIndex,
  head: FoundSide,
  { base, optionalBase }: BaseOptions,
): Promise<FoundSide | undefined> {
  if (base === undefined) return usualBase(context, index, head)
  try {
    return await findBase(context, index, base, head)
  } catch (error) {
    const isAbsent = error instanceof AtelierError && error.code === 'BASELINE_NOT_FOUND'
    if (!isAbsent || !optionalBase) throw error
    context.logger.warn(`nothing to compare with: ${error.message}`)
    return undefined
  }
}

async function figuresOf({ folder }: FoundSide, from: string): Promise<LinkedFigure[]> {
  if (folder === undefined) return []
  const names = await readdir(join(folder, 'figures')).catch(() => [])
  return names
    .filter((name) => name.endsWith('.png'))
    .sort()
    .map((name) => ({
      title: name.slice(0, -'.png'.length).replaceAll('_', ' '),
      path: relative(from, join(folder, 'figures', name)).replaceAll(sep, '/'),
    }))
}
