import { AtelierError } from '../core/index.ts'
import { entryOf, openRun, type RecordChange, type RunEntry, updateRun } from '../tracking/index.ts'
import type { CommandContext } from './context.ts'
import type { RunIndex } from './run-index.ts'

/**
 * Changes a run's record in its folder, also while it trains, and then in the database. Throws
 * RUN_NOT_FOUND when the folder is not on this machine.
 */
export async function changeRecord(
  { store }: RunIndex,
  { clock }: CommandContext,
  { record: { id, environment }, folder }: RunEntry,
  change: RecordChange,
): Promise<RunEntry> {
  const run = await openRun(folder).catch(() => undefined)
  if (run?.record.id !== id) {
    throw new AtelierError('RUN_NOT_FOUND', `The folder of ${id} is not here: ${folder}.`, {
      hint: `It was made on ${environment.host}: change the run there.`,
    })
  }
  await updateRun(run, clock, change)
  const entry = await entryOf(folder)
  await store.put(entry)
  return entry
}
