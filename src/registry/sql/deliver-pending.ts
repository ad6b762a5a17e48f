import { deliverQueues, holdMs } from '../../delivery/index.ts'
import type { Database } from '../../storage/index.ts'
import { type DeliverySurroundings, deliverOne } from '../events/deliver-events.ts'
import { type Delivery, deliveryOf } from '../events/delivery.ts'
import type { DeliverPending } from '../registry.ts'
import { holdDelivery, readDeliveries, settleDelivery } from './outbox.ts'
import type { RegistryTables } from './tables.ts'

/** Sends the events that wait; gives those that were tried, in the order in which things happened. */
export async function deliverPending(
  { read, write }: Pick<Database<RegistryTables>, 'read' | 'write'>,
  options: DeliverPending,
  surroundings: DeliverySurroundings,
): Promise<Delivery[]> {
  const states = options.failedToo ? (['pending', 'failed'] as const) : (['pending'] as const)
  const waiting = await read((db) => readDeliveries(db, states))
  const tried = await deliverQueues(waiting, {
    receiverOf: ({ url }) => url,
    hold: (delivery) =>
      write((db) => holdDelivery(db, delivery, surroundings.clock.now(), holdMs(options))),
    send: (delivery) => deliverOne(delivery, options, surroundings),
    settle: (delivery) => write((db) => settleDelivery(db, delivery)),
  })
  return tried.sort((a, b) => a.sequence - b.sequence).map(deliveryOf)
}
