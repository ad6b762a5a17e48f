import type { HistoryEntry, RegistryEvent, RegistryEventName } from '../../contracts/index.ts'
import { formatModelUri } from '../model-uri.ts'
import type { ResolvedModel } from '../registry.ts'
import type { DeliveryKind } from './delivery.ts'

const STAGING = 'staging'

/** What others hear of an entry; undefined: nothing. */
export function eventOf({ action, alias }: HistoryEntry): RegistryEventName | undefined {
  if (action === 'registered') return 'model.registered'
  if (action === 'rolled_back') return 'model.rolled_back'
  if (action !== 'promoted' && action !== 'aliased') return undefined
  if (alias === STAGING) return 'model.staged'
  return action === 'promoted' ? 'model.promoted' : undefined
}

export function registryEvent(
  id: string,
  event: RegistryEventName,
  entry: HistoryEntry,
  model: ResolvedModel,
): RegistryEvent {
  const { name, version, sha256, bytes, run_id } = model
  const { time, actor, reason, sequence, hash, alias, previous } = entry
  const uri = formatModelUri({ name, version })
  return {
    ...{ format: 'atelier-event', version: 1, id, event, time, actor, reason, sequence, hash },
    model: { name, version, uri, sha256, bytes, run_id },
    ...{ alias, previous_version: previous },
  }
}

/** A body for each kind of receiver; a missing one does not compile. */
export const EVENT_BODIES: Readonly<Record<DeliveryKind, (event: RegistryEvent) => object>> = {
  webhook: (event) => event,
  github: dispatchBody,
}

/**
 * GitHub passes on at most ten properties. Workflows are shell scripts, and some write these straight
 * into a command: only texts of letters, digits and `._-:/@` are passed on, so no actor and no reason.
 */
function dispatchBody({ id, time, model, alias }: RegistryEvent): object {
  const { uri, name, version, sha256, run_id } = model
  return {
    event_type: 'staged_model',
    client_payload: {
      ...{ event_id: id, time, model_uri: uri, model_name: name, model_version: version },
      ...{ alias, sha256, run_id: /^[\w.-]*$/.test(run_id) ? run_id : '' },
    },
  }
}
