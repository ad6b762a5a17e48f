import { appendFileSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Config } from '../contracts/index.ts'
import {
  OUTPUT_FILE,
  type SyncOptions,
  syncRun,
  trackerSettings,
  trackRun,
} from '../trackers/index.ts'
import type { Run } from '../tracking/index.ts'
import type { CommandContext, TerminalStream } from './context.ts'

const INTERRUPTED_SECONDS = 3

/**
 * Does the work of a training while the run goes to the trackers that its configuration names, with
 * what is printed. The work neither fails nor waits for them; the end takes some seconds at most.
 */
export async function withTrackers<T>(
  context: CommandContext,
  { run, config }: { readonly run: Run; readonly config: Config },
  work: (context: CommandContext) => Promise<T>,
): Promise<T> {
  const { env, cwd, clock, logger } = context
  const settings = trackerSettings(config, run.record, { env, cwd })
  if (settings.length === 0) return work(context)
  const options = { folder: run.folder, env, fetch, clock, logger }
  const trackers = await trackRun(settings, options)
  try {
    return await work(recorded(context, join(run.folder, OUTPUT_FILE)))
  } finally {
    // who pressed Ctrl-C wants the prompt back
    const seconds = context.signal.aborted ? INTERRUPTED_SECONDS : config.tracking.wait_seconds
    await trackers.end(1000 * Math.min(seconds, config.tracking.wait_seconds))
  }
}

/** Throws TRACKER_SETTINGS before there is a run: for a tracker that could never be sent to. */
export function checkTrackers({ env, cwd }: CommandContext, config: Config): void {
  trackerSettings(config, { id: 'new', sweep: null }, { env, cwd })
}

/** Tells the trackers of a run what was added to it: an evaluation, a tag. */
export async function resendRun(
  context: CommandContext,
  { folder }: Pick<Run, 'folder'>,
  config: Config,
  registration?: SyncOptions['registration'],
): Promise<void> {
  const { env, clock, logger } = context
  try {
    const milliseconds = 1000 * config.tracking.wait_seconds
    const options = { folder, env, fetch, clock, logger, milliseconds, registration }
    for (const { title, outcome, failure } of await syncRun(options)) {
      if (outcome === 'sent') logger.info(`${title}: sent what is new`)
      if (outcome === 'failed') logger.warn(`${title} was not reached (${failure})`)
    }
  } catch (error) {
    logger.warn(`trackers were not told: ${(error as Error).message}`)
  }
}

/** The same context; what is said and printed also goes to a file. */
function recorded(context: CommandContext, path: string): CommandContext {
  mkdirSync(dirname(path), { recursive: true })
  const keep = (text: string) => {
    try {
      appendFileSync(path, text.endsWith('\n') ? text : `${text}\n`)
    } catch {
      // a full disk: the training itself will tell
    }
  }
  const { logger, stdout } = context
  return {
    ...context,
    stdout: recordedStream(stdout, keep),
    logger: {
      info: (message) => {
        logger.info(message)
        keep(message)
      },
      warn: (message) => {
        logger.warn(message)
        keep(`warning: ${message}`)
      },
    },
  }
}

function recordedStream(stream: TerminalStream, keep: (text: string) => void): TerminalStream {
  return new Proxy(stream, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (name !== 'write') return typeof value === 'function' ? value.bind(target) : value
      return (chunk: unknown, ...rest: never[]) => {
        keep(String(chunk))
        return target.write(chunk, ...rest)
      }
    },
  })
}
