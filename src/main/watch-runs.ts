import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, type Logger, toAtelierError } from '../core/index.ts'
import { indexRun, openRun, type RunStore, settleStore } from '../tracking/index.ts'

const PAUSE_MS = 5000

export interface WatchOptions {
  readonly store: RunStore
  /** Absolute: the folder of the run folders. */
  readonly runs: string
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Every few seconds: runs whose process is gone become `crashed`, and run folders that the database
 * does not know are put into it. What fails is told once, and tried again.
 */
export function watchRuns(options: WatchOptions): { stop(): Promise<void> } {
  const { store, clock, logger } = options
  const known = new Set<string>()
  let stopped = false
  let told = ''
  let wake = () => {}
  const look = async () => {
    await addUnknown(options, known, () => stopped)
    await settleStore(store, clock)
  }
  const loop = async () => {
    while (!stopped) {
      await look().then(
        () => {
          told = ''
        },
        (error: unknown) => {
          const { message } = toAtelierError(error)
          if (message !== told) logger.warn(message)
          told = message
        },
      )
      if (!stopped) await pause()
    }
  }
  const pause = () =>
    new Promise<void>((done) => {
      const timer = setTimeout(done, PAUSE_MS)
      wake = () => {
        clearTimeout(timer)
        done()
      }
    })
  const ended = loop()
  return {
    stop: async () => {
      stopped = true
      wake()
      await ended
    },
  }
}

async function addUnknown(
  { store, runs, logger }: WatchOptions,
  known: Set<string>,
  stopped: () => boolean,
): Promise<void> {
  const entries = await readdir(runs, { withFileTypes: true }).catch(() => [])
  for (const { name } of entries.filter((entry) => entry.isDirectory())) {
    if (stopped()) return
    if (known.has(name) || name.startsWith('.')) continue
    if (await addFolder(store, join(runs, name), name, logger)) known.add(name)
  }
}

/** Whether the folder is dealt with; one without a record may get it in a moment. */
async function addFolder(
  store: RunStore,
  folder: string,
  name: string,
  logger: Logger,
): Promise<boolean> {
  const [id] = await store.findIds(name, 1)
  if (id === name) return true
  const run = await openRun(folder).catch(() => undefined)
  if (run === undefined || run.record.id !== name) return false
  try {
    await indexRun(run, store)
  } catch (error) {
    const { code, message } = toAtelierError(error)
    if (code.startsWith('STORE_')) throw error
    logger.warn(`${folder} cannot be put into the database: ${message}`)
  }
  return true
}
