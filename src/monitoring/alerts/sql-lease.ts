import type { MonitoringTransaction } from '../monitoring-tables.ts'

const NAME = 'check'

/** An end that lies further ahead than any can was set before the clock stepped back. */
export async function holdLease(
  db: MonitoringTransaction,
  holder: string,
  now: number,
  ms: number,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('monitor_leases')
    .set({ holder, until: now + ms })
    .where('name', '=', NAME)
    .where((eb) =>
      eb.or([eb('holder', '=', holder), eb('until', '<=', now), eb('until', '>', now + ms)]),
    )
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

export async function leaveLease(db: MonitoringTransaction, holder: string): Promise<void> {
  await db
    .updateTable('monitor_leases')
    .set({ until: 0 })
    .where('name', '=', NAME)
    .where('holder', '=', holder)
    .execute()
}

/** From here on, no other transaction steps alerts: on PostgreSQL, others wait at this row. */
export async function lockAlerts(db: MonitoringTransaction): Promise<void> {
  await db
    .updateTable('monitor_leases')
    .set((eb) => ({ until: eb.ref('until') }))
    .where('name', '=', NAME)
    .execute()
}
