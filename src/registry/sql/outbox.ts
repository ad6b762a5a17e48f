import type { Selectable } from 'kysely'
import type { HistoryEntry } from '../../contracts/index.ts'
import { type DeliveryState, farthestTime } from '../../delivery/index.ts'
import type { Delivery, EventTarget, OpenDelivery } from '../events/delivery.ts'
import { EVENT_BODIES, eventOf, registryEvent } from '../events/event-body.ts'
import { resolveReference } from './read-models.ts'
import type { RegistryTables, RegistryTransaction } from './tables.ts'

type Row = Selectable<RegistryTables['registry_deliveries']>

/** Writes down what others want to hear of an entry: what is committed is sent, whatever ends the process. */
export async function queueEvents(
  db: RegistryTransaction,
  entry: HistoryEntry,
  targets: readonly EventTarget[],
  newId: () => string,
): Promise<void> {
  const event = eventOf(entry)
  const wanted = targets.filter(({ events }) => event !== undefined && events.includes(event))
  if (event === undefined || entry.version === null || wanted.length === 0) return
  const { model: name, version, sequence, time: updated } = entry
  const model = await resolveReference(db, { name, version })
  const told = registryEvent(newId(), event, entry, model)
  const rows = wanted.map(({ kind, url, secretEnv, allowPrivate }) => ({
    ...{ id: newId(), sequence, event, kind, url, secret_env: secretEnv },
    ...{ allow_private: Number(allowPrivate), body: JSON.stringify(EVENT_BODIES[kind](told)) },
    ...{ state: 'pending' as const, attempts: 0, held: 0, updated, outcome: null },
  }))
  await db.insertInto('registry_deliveries').values(rows).execute()
}

/** In the order in which things happened. */
export async function readDeliveries(
  db: RegistryTransaction,
  states: readonly DeliveryState[],
): Promise<OpenDelivery[]> {
  const rows = await db
    .selectFrom('registry_deliveries')
    .selectAll()
    .where('state', 'in', [...states])
    .orderBy('sequence')
    .orderBy('id')
    .execute()
  return rows.map(deliveryOfRow)
}

function deliveryOfRow({ secret_env, allow_private, held: _, ...row }: Row): OpenDelivery {
  return { ...row, secretEnv: secret_env, allowPrivate: allow_private === 1 }
}

/**
 * Takes a delivery for `ms`, so that two processes do not send it at once. False: another has it.
 * A hold that lies further ahead than any can was made before the clock stepped back.
 */
export async function holdDelivery(
  db: RegistryTransaction,
  { id, state }: Delivery,
  now: number,
  ms: number,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('registry_deliveries')
    .set({ held: now + ms })
    .where('id', '=', id)
    .where('state', '=', state)
    .where((eb) => eb.or([eb('held', '<=', now), eb('held', '>', farthestTime(now, ms))]))
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** Writes down what came of it and lets go of it. */
export async function settleDelivery(
  db: RegistryTransaction,
  { id, state, attempts, updated, outcome }: Delivery,
): Promise<void> {
  await db
    .updateTable('registry_deliveries')
    .set({ state, attempts, updated, outcome, held: 0 })
    .where('id', '=', id)
    .execute()
}
