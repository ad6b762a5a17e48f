import { relative, resolve } from 'node:path'
import type { Config } from '../../contracts/index.ts'
import { AtelierError } from '../../core/index.ts'
import {
  pendingRuns,
  type SyncOptions,
  type SyncResult,
  syncRun,
  trackerSettings,
} from '../../trackers/index.ts'
import { openRun } from '../../tracking/index.ts'
import { defineCommand } from '../command.ts'
import { type CommandContext, printResult } from '../context.ts'
import { loadConfig } from '../load-config.ts'
import { type RunIndex, withRunIndex } from '../run-index.ts'
import { selectRuns } from '../select-runs.ts'
import { formatTable } from '../table.ts'

export const syncCommand = defineCommand({
  arguments: {
    runs: {
      description: 'Ids, their starts or ends, folders, or `latest`. All that wait when left out.',
      variadic: true,
    },
  },
  options: {
    again: {
      type: 'boolean',
      description:
        'Send all of it, also what the trackers have, and to where the settings say now.',
    },
  },
  overrides: true,
  examples: [
    { command: 'atelier sync', does: 'Sends what trackers missed: the server was away.' },
    {
      command: 'atelier sync quiet-otter tracking=mlflow',
      does: 'Sends a run that was not tracked.',
    },
    {
      command: 'atelier sync latest --again tracking=wandb tracking.wandb.mode=online',
      does: 'Sends all of a run, elsewhere.',
    },
  ],
  async run(context, { arguments: { runs: words }, options: { again }, overrides }) {
    const { config } = (await loadConfig(context, overrides)).training
    await withRunIndex(context, async (index) => {
      const folders = await foldersOf(context, index, words)
      const results: SyncResult[] = []
      for (const folder of folders) {
        context.signal.throwIfAborted()
        const settings = words.length === 0 ? [] : await settingsOf(context, config, folder)
        results.push(...(await send(context, config, { folder, settings, again })))
      }
      printResult(context, results, () => textOf(context, results))
      requireSent(results)
    })
  },
})

async function foldersOf(
  { cwd }: CommandContext,
  index: RunIndex,
  words: readonly string[],
): Promise<string[]> {
  if (words.length === 0) return pendingRuns(index.root)
  return (await selectRuns(index, cwd, words)).map(({ folder }) => folder)
}

async function settingsOf({ env, cwd }: CommandContext, config: Config, folder: string) {
  return trackerSettings(config, (await openRun(folder)).record, { env, cwd })
}

function send(
  { env, clock, logger }: CommandContext,
  { tracking }: Config,
  what: Pick<SyncOptions, 'folder' | 'settings' | 'again'>,
): Promise<SyncResult[]> {
  const registration = tracking.mlflow
  return syncRun({ ...what, registration, env, fetch, clock, logger })
}

function requireSent(results: readonly SyncResult[]): void {
  const failed = results.filter(({ outcome }) => outcome === 'failed')
  if (failed.length === 0) return
  throw new AtelierError(
    'SYNC_INCOMPLETE',
    `${failed.length} of ${results.length} were not sent: ${failed[0]!.failure}`,
    { hint: 'See the table. What is missing is kept: try again with `atelier sync`.' },
  )
}

function textOf({ cwd }: CommandContext, results: readonly SyncResult[]): string {
  if (results.length === 0) return 'Nothing waits to be sent.'
  const near = (place: string) => (place.startsWith('/') ? relative(cwd, resolve(place)) : place)
  return formatTable(
    [{ title: 'run' }, { title: 'tracker' }, { title: 'outcome' }, { title: 'where, or why not' }],
    results.map(({ run, title, outcome, place, failure }) => [
      run,
      title,
      outcome,
      outcome === 'failed' ? (failure ?? '') : place === null ? '' : near(place),
    ]),
  )
}
