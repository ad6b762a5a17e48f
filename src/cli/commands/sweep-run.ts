import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { basename, extname, join, resolve } from 'node:path'
import { AtelierError } from '../../core/index.ts'
import { createSweep } from '../../sweeps/index.ts'
import { defineCommand } from '../command.ts'
import type { CommandContext } from '../context.ts'
import { loadConfig } from '../load-config.ts'
import type { SweepDefinition } from '../sweep/definition.ts'
import { parseDefinition } from '../sweep/parse-definition.ts'
import { runSweep } from '../sweep/run-sweep.ts'

export const sweepRunCommand = defineCommand({
  arguments: {
    file: { description: 'Sweep file, as W&B reads it.', required: true },
  },
  options: {
    workers: {
      type: 'integer',
      description: 'Trials at once; the threads are divided over them.',
      short: 'w',
      default: 1,
    },
    repeats: {
      type: 'integer',
      description: 'Seeds for each choice of parameters; else `repeats` of the file, or 1.',
    },
    strict: {
      type: 'boolean',
      description: 'Refuse a metric of the test split instead of taking validation.',
    },
    noReuse: {
      type: 'boolean',
      description: 'Train also what an earlier run has trained with the same settings and data.',
    },
    seed: { type: 'integer', description: 'Seed of the choice of parameters.', default: 42 },
  },
  overrides: true,
  examples: [
    { command: 'atelier sweep run sweep.yaml', does: 'One trial after the other.' },
    { command: 'atelier sweep run sweep.yaml --workers 2 data=sketch', does: 'Two at once.' },
    { command: 'atelier sweep run sweep.yaml --repeats 3', does: 'Judge by the mean of 3 seeds.' },
  ],
  async run(context, { arguments: { file }, options, overrides }) {
    const { workers, seed, strict, noReuse } = options
    requireCount('--workers', workers)
    const path = resolve(context.cwd, file)
    const bytes = await readSweepFile(path, file)
    const definition = parseDefinition(bytes.toString('utf8'), {
      path: file,
      strict,
      seed,
      env: context.env,
    })
    const repeats = options.repeats ?? definition.repeats
    requireCount('--repeats', repeats)
    for (const warning of definition.warnings) context.logger.warn(warning)
    if (definition.total === undefined) {
      context.logger.warn('the sweep file sets no run_cap: it goes on until Ctrl-C')
    }
    await requireKnownKeys(context, definition, overrides)
    const threads = await threadsFor(context, workers, overrides)
    const sweep = await createSweep(join(context.cwd, 'sweeps'), {
      bytes,
      name: definition.name ?? basename(file, extname(file)),
      clock: context.clock,
      request: {
        file: basename(file),
        seed,
        workers,
        repeats,
        threads,
        overrides: [...overrides],
        config: { ...context.config, folders: [...(context.config?.folders ?? [])] },
        strict,
        reuse: !noReuse,
      },
    })
    context.logger.info(`sweep  ${sweep.state.request.id}`)
    await runSweep(context, {
      folder: sweep.folder,
      workers,
      isResumed: false,
      retryFailed: false,
    })
  },
})

async function readSweepFile(path: string, shown: string): Promise<Buffer> {
  return readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new AtelierError('USAGE', `The sweep file ${shown} cannot be read (${cause.code}).`, {
      hint: 'Give the path of a YAML file with method, metric and parameters.',
      cause,
    })
  })
}

/** A misspelt parameter would let every trial fail. */
async function requireKnownKeys(
  context: CommandContext,
  { foreign, next, overridesOf }: SweepDefinition,
  overrides: readonly string[],
): Promise<void> {
  const params = foreign === undefined ? next([]) : 'done'
  if (typeof params === 'string') return
  await loadConfig(context, [...overrides, ...overridesOf(params)]).catch((error: unknown) => {
    const isKey = error instanceof AtelierError && error.code === 'CONFIG_UNKNOWN_KEY'
    if (isKey) throw error
  })
}

function requireCount(option: string, value: number): void {
  if (value >= 1) return
  throw new AtelierError('USAGE', `${option} is ${value}; at least 1 is wanted.`)
}

/**
 * What each worker may have of the machine; null where that is what is configured. It is settled at
 * the start and stays: the thread count is part of what makes a run repeatable.
 */
async function threadsFor(
  context: CommandContext,
  workers: number,
  overrides: readonly string[],
): Promise<number | null> {
  const { config } = await loadConfig(context, overrides)
  const isChosen = overrides.some((override) => override.startsWith('trainer.threads='))
  const share = Math.max(1, Math.floor(availableParallelism() / workers))
  return isChosen || share >= config.trainer.threads ? null : share
}
