import type { Database } from '../../storage/index.ts'
import { type DeliverySurroundings, deliverOne } from '../events/deliver-events.ts'
import { type Delivery, deliveryOf, type OpenDelivery } from '../events/delivery.ts'
import type { DeliverPending } from '../registry.ts'
import { holdDelivery, readDeliveries, settleDelivery } from './outbox.ts'
import type { RegistryTables } from './tables.ts'

/** More than a pause between two attempts can take. */
const SPARE_MS = 30_000

/** Receivers are served side by side, each in order: one that is away keeps no other waiting. */
export async function deliverPending(
  database: Pick<Database<RegistryTables>, 'read' | 'write'>,
  options: DeliverPending,
  surroundings: DeliverySurroundings,
): Promise<Delivery[]> {
  const states = options.failedToo ? (['pending', 'failed'] as const) : (['pending'] as const)
  const open = await database.read((db) => readDeliveries(db, states))
  const byReceiver = new Map<string, OpenDelivery[]>()
  for (const delivery of open) {
    byReceiver.set(delivery.url, [...(byReceiver.get(delivery.url) ?? []), delivery])
  }
  const served = [...byReceiver.values()].map((queue) =>
    serve(database, queue, options, surroundings),
  )
  const done = await Promise.all(served)
  return done
    .flat()
    .sort((a, b) => a.sequence - b.sequence)
    .map(deliveryOf)
}

/** Stops at the first that stays pending: what comes after it would be out of order. */
async function serve(
  { write }: Pick<Database<RegistryTables>, 'write'>,
  queue: readonly OpenDelivery[],
  options: DeliverPending,
  surroundings: DeliverySurroundings,
): Promise<Delivery[]> {
  const tried: Delivery[] = []
  const holdMs = options.attempts * options.timeoutMs + SPARE_MS
  for (const delivery of queue) {
    const now = surroundings.clock.now()
    const isOurs = await write((db) => holdDelivery(db, delivery, now, holdMs))
    if (!isOurs) break
    const settled = await deliverOne(delivery, options, surroundings).catch(async (error) => {
      await write((db) => settleDelivery(db, delivery))
      throw error
    })
    await write((db) => settleDelivery(db, settled))
    tried.push(settled)
    if (settled.state === 'pending') break
  }
  return tried
}
