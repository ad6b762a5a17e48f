import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parse } from 'yaml'
import type { RunRecord } from '../../contracts/index.ts'
import { AtelierError } from '../../core/index.ts'
import {
  createRun,
  type Difference,
  type Divergence,
  differencesBetween,
  findRun,
  firstDivergence,
  type Run,
  readMetrics,
  readRunConfig,
} from '../../tracking/index.ts'
import { modelSize } from '../../training/index.ts'
import { defineCommand } from '../command.ts'
import { type CommandContext, printResult } from '../context.ts'
import { libraryVersions } from '../library-versions.ts'
import { loadConfig } from '../load-config.ts'
import { openOrPrepareDataset } from '../open-dataset.ts'
import { train } from '../run-training.ts'
import { formatTable } from '../table.ts'

interface Reproduction {
  readonly identical: boolean
  readonly differences: readonly Difference[]
  readonly divergence: Divergence | undefined
  readonly before: RunRecord
  readonly now: RunRecord
}

export const runsReproduceCommand = defineCommand({
  arguments: {
    run: { description: 'Id, its start or end, folder, or `latest`.', required: true },
  },
  options: {},
  overrides: false,
  examples: [
    {
      command: 'atelier runs reproduce latest',
      does: 'Train it again; do the same weights come out?',
    },
    { command: 'atelier runs reproduce quiet-otter --json', does: 'For a script.' },
  ],
  async run(context, { arguments: { run: query } }) {
    const { config: defaults } = await loadConfig(context, [])
    const root = resolve(context.cwd, defaults.paths.runs)
    const original = requireComplete(await findRun(root, query))
    const result = await reproduce(context, root, original)
    printResult(context, resultJson(result), () => resultText(result))
    if (!result.identical) {
      throw new AtelierError('NOT_REPRODUCED', `${original.record.id} came out differently.`)
    }
  },
})

function requireComplete(run: Run): Run {
  const { id, weight_digest } = run.record
  if (weight_digest !== null) return run
  throw new AtelierError('RUN_NOT_COMPLETE', `${id} has no weights to compare with.`, {
    hint: `Finish it first: \`atelier resume ${id}\`.`,
  })
}

/** Trains the stored configuration as a run of its own, and holds the two against each other. */
async function reproduce(
  context: CommandContext,
  root: string,
  before: Run,
): Promise<Reproduction> {
  const config = await readRunConfig(before)
  const dataset = await openOrPrepareDataset(config.data, context)
  const { name, digest } = dataset.manifest
  const run = await createRun(root, {
    config,
    configYaml: await readFile(before.files.config, 'utf8'),
    overrides: parse(await readFile(before.files.overrides, 'utf8')) as readonly string[],
    provenance: JSON.parse(await readFile(before.files.provenance, 'utf8')),
    dataset: { name, digest },
    parameters: modelSize(config, dataset.manifest),
    project: before.record.project,
    command: ['runs', 'reproduce', before.record.id],
    libraries: await libraryVersions(context.packageRoot),
    name: 'again',
    clock: context.clock,
  })
  const differences = differencesBetween(before.record, run.record)
  context.logger.info(`${differencesText(differences)}\n`)
  const trained = await train(context, { run, config, dataset, profile: false, publish: false })
  const [old, fresh] = await Promise.all([
    readMetrics(before.files.metrics),
    readMetrics(run.files.metrics),
  ])
  return {
    identical: trained.weightDigest === before.record.weight_digest,
    differences,
    divergence: firstDivergence(old, fresh),
    before: before.record,
    now: trained.run.record,
  }
}

function resultJson({ identical, differences, divergence, before, now }: Reproduction) {
  return {
    identical,
    run: before.id,
    again: now.id,
    weight_digest: { before: before.weight_digest, now: now.weight_digest },
    differences,
    first_divergence: divergence ?? null,
  }
}

function differencesText(differences: readonly Difference[]): string {
  if (differences.length === 0) return 'Code, data, libraries and machine are as they were.'
  const rows = differences.map(({ what, before, now }) => [what, before, now])
  return formatTable([{ title: 'what' }, { title: 'then' }, { title: 'now' }], rows)
}

function resultText({ identical, divergence, before, now }: Reproduction): string {
  const digest = (record: RunRecord) => record.weight_digest?.slice(0, 12)
  if (identical) return `identical: ${now.id} has the weights of ${before.id} (${digest(before)})`
  const weights = `different: ${digest(before)} before, ${digest(now)} now (${now.id})`
  if (divergence === undefined) return `${weights}\nAll batch losses are the same.`
  const { step } = divergence
  return `${weights}\nThe losses part at step ${step}: ${divergence.before ?? 'no such step'} before, ${divergence.now ?? 'no such step'} now.`
}
