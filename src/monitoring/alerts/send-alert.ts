import type { AlertEvent, AlertRoute } from '../../contracts/index.ts'
import type { Clock, Random } from '../../core/index.ts'
import {
  type Attempt,
  attemptOf,
  JSON_HEADERS,
  type SendMail,
  type SendRequest,
  webhookHeaders,
} from '../../delivery/index.ts'
import { alertSentence, alertText, alertTitle } from './alert-text.ts'

/** What sending alerts needs of the world. */
export interface AlertSenders {
  /** Where the secrets are. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly sendRequest: SendRequest
  readonly sendMail: SendMail
  readonly clock: Clock
  /** For the jitter. */
  readonly random: Pick<Random, 'uniform'>
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

type RouteOf<T extends AlertRoute['type']> = Extract<AlertRoute, { type: T }>
type Send<T extends AlertRoute['type']> = (
  event: AlertEvent,
  route: RouteOf<T>,
  senders: AlertSenders,
) => Promise<Attempt>

/** Tries once to tell a route of an event. What lacks a secret waits for it. */
export async function sendAlert(
  event: AlertEvent,
  route: AlertRoute,
  senders: AlertSenders,
): Promise<Attempt> {
  const missing = variablesOf(route).find((name) => !senders.env[name])
  if (missing !== undefined) {
    return { state: 'pending', outcome: `the environment variable ${missing} is not set` }
  }
  const send = SENDS[route.type] as Send<AlertRoute['type']>
  return send(event, route as never, senders)
}

function variablesOf(route: AlertRoute): string[] {
  const names = Object.entries(route).filter(([key]) => key.endsWith('_env'))
  return names.flatMap(([, name]) => (typeof name === 'string' ? [name] : []))
}

/** A missing route does not compile. */
const SENDS: { readonly [T in AlertRoute['type']]: Send<T> } = {
  webhook: (event, { url, secret_env, allow_private }, senders) => {
    const body = JSON.stringify(event)
    const seconds = Math.floor(senders.clock.now() / 1000)
    const signed = { id: event.id, event: `alert.${event.kind}`, body }
    const headers = webhookHeaders(signed, senders.env[secret_env]!, seconds)
    return post(url, body, senders, allow_private, headers)
  },
  slack: (event, { url_env, allow_private }, senders) => {
    const url = senders.env[url_env]!
    if (!URL.canParse(url)) return refused(`${url_env} holds no address`)
    return post(url, JSON.stringify(slackMessage(event)), senders, allow_private)
  },
  pagerduty: (event, { url, key_env, allow_private }, senders) => {
    const body = JSON.stringify(pagerdutyEvent(event, senders.env[key_env]!))
    return post(url, body, senders, allow_private)
  },
  email: (event, route, { env, sendMail, timeoutMs }) => {
    const { host, port, tls, user_env, password_env, from, to, allow_private = false } = route
    const password = password_env === null ? '' : env[password_env]!
    return sendMail({
      ...{ host, port, tls, from, to, timeoutMs, allowPrivate: allow_private },
      login: user_env === null ? undefined : { user: env[user_env]!, password },
      ...{ subject: alertTitle(event), text: alertText(event) },
      messageId: `<${event.id}@atelier>`,
      // so that a mail program shows an alert from its beginning to its end as one thread
      inReplyTo: event.kind === 'fired' ? undefined : `<${event.alert}@atelier>`,
    })
  },
}

async function post(
  url: string,
  body: string,
  { sendRequest, timeoutMs, signal }: AlertSenders,
  allowPrivate = false,
  headers: Readonly<Record<string, string>> = {},
): Promise<Attempt> {
  const all = { ...JSON_HEADERS, ...headers }
  return attemptOf(await sendRequest({ url, body, headers: all, allowPrivate, timeoutMs, signal }))
}

const refused = async (outcome: string): Promise<Attempt> => ({ state: 'failed', outcome })

/** Slack's three characters, escaped: a class name must not become a link or a mention. */
function slackMessage(event: AlertEvent): object {
  const text = alertText(event)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
  return { text, unfurl_links: false }
}

const ACTIONS: Readonly<Record<AlertEvent['kind'], string>> = {
  fired: 'trigger',
  // of the same key: it is added to the incident that there is
  reminded: 'trigger',
  acknowledged: 'acknowledge',
  resolved: 'resolve',
}

/** Longer ones are cut off there. */
const MOST_SUMMARY = 1024

function pagerdutyEvent(event: AlertEvent, key: string): object {
  const { kind, alert, rule, severity, message, value, model, time } = event
  const action = { routing_key: key, event_action: ACTIONS[kind], dedup_key: alert }
  if (ACTIONS[kind] !== 'trigger') return action
  return {
    ...action,
    client: 'Atelier',
    payload: {
      summary: alertSentence(event).slice(0, MOST_SUMMARY),
      ...{ source: model ?? 'atelier', severity, timestamp: time, class: rule },
      custom_details: { message, value, rule, model },
    },
  }
}
