import type { RunStatus } from '../../contracts/index.ts'
import { entriesOf } from './find-runs.ts'
import { storable } from './store-text.ts'
import type { RunTransaction } from './tables.ts'
import { writeRun } from './write-run.ts'

/** Notes that a run's process lives. One that was taken for dead, the machine having slept, runs again. */
export async function heartbeat(db: RunTransaction, id: string, now: number): Promise<void> {
  await db.updateTable('runs').set({ heartbeat: now }).where('id', '=', storable(id)).execute()
  const revived = await db
    .updateTable('runs')
    .set({ status: 'running' })
    .where('id', '=', storable(id))
    .where('status', '=', 'crashed')
    .returning('seq')
    .executeTakeFirst()
  if (revived !== undefined) await writeStatus(db, revived.seq, 'running')
}

/** Turns `running` into `crashed` where no heartbeat came since `before` (ms). */
export async function markCrashed(db: RunTransaction, before: number): Promise<string[]> {
  // the rows are locked by being changed: a run that ends meanwhile waits, and has the last word
  const rows = await db
    .updateTable('runs')
    .set({ status: 'crashed' })
    .where('status', '=', 'running')
    .where('heartbeat', '<', before)
    .returning(['seq', 'id'])
    .execute()
  for (const { seq } of rows) await writeStatus(db, seq, 'crashed')
  return rows.map(({ id }) => id).sort()
}

async function writeStatus(db: RunTransaction, run: number, status: RunStatus): Promise<void> {
  const [entry] = await entriesOf(db, [run])
  if (entry !== undefined) await writeRun(db, { ...entry, record: { ...entry.record, status } })
}
