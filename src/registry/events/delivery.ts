import type { DeliveryState } from '../../delivery/index.ts'

/** A webhook gets the event, signed; GitHub a request to start workflows. */
export type DeliveryKind = 'webhook' | 'github'

/** An event on its way to one receiver. */
export interface Delivery {
  /** UUID, the same in every attempt. */
  readonly id: string
  readonly sequence: number
  readonly event: string
  readonly kind: DeliveryKind
  readonly url: string
  readonly state: DeliveryState
  readonly attempts: number
  readonly updated: string
  /** Of the last attempt; null before the first. */
  readonly outcome: string | null
}

/** What is needed to send it. */
export interface OpenDelivery extends Delivery {
  readonly secretEnv: string
  readonly allowPrivate: boolean
  readonly body: string
}

/** Where events go. */
export interface EventTarget {
  readonly kind: DeliveryKind
  readonly url: string
  readonly secretEnv: string
  readonly allowPrivate: boolean
  readonly events: readonly string[]
}

/** Without what only its sending needs. */
export function deliveryOf(open: Delivery): Delivery {
  const { id, sequence, event, kind, url, state, attempts, updated, outcome } = open
  return { id, sequence, event, kind, url, state, attempts, updated, outcome }
}
