import { createHmac } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import {
  httpReceiver,
  type MailServerOptions,
  mailServer,
} from '../../../test/support/alert-receivers.ts'
import type { AlertEvent, AlertRoute } from '../../contracts/index.ts'
import { systemClock } from '../../core/index.ts'
import { sendMail, sendRequest } from '../../delivery/index.ts'
import { alertSentence } from './alert-text.ts'
import { sendAlert } from './send-alert.ts'

const SECRETS = {
  HOOK_SECRET: 'a secret of many letters',
  PD_KEY: 'routing-key-of-a-service',
  MAIL_USER: 'atelier',
  MAIL_PASSWORD: 'pass word',
}
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const fired: AlertEvent = {
  ...{ format: 'atelier-alert', version: 1, id: 'e1', alert: 'e1', kind: 'fired' },
  ...{ rule: 'drift', severity: 'critical', value: 2, model: 'garments version 3', by: null },
  message: 'drift: <coat> & "bag" moved',
  time: '2026-11-25T08:00:00.000Z',
}
const resolved: AlertEvent = { ...fired, id: 'e9', kind: 'resolved' }

const send = (event: AlertEvent, route: AlertRoute, env: Record<string, string> = {}) =>
  sendAlert(event, route, {
    env: { ...SECRETS, ...env },
    ...{ sendRequest, sendMail, clock: systemClock, random: { uniform: () => 0 }, timeoutMs: 2000 },
  })

async function receiver(status = 200) {
  const opened = await httpReceiver(status)
  closing.push(opened.close)
  return opened
}

describe('sendAlert to a webhook', () => {
  it('posts the event with a signature that only the secret makes', async () => {
    const { url, received } = await receiver()
    const route = { type: 'webhook', url, secret_env: 'HOOK_SECRET', allow_private: true } as const
    expect(await send(fired, route)).toEqual({ state: 'delivered', outcome: 'HTTP 200' })
    const [{ headers, body }] = received as [(typeof received)[0]]
    expect(JSON.parse(body)).toEqual(fired)
    expect(headers).toMatchObject({ 'x-atelier-event': 'alert.fired', 'x-atelier-delivery': 'e1' })
    const [, time, code] = /^t=(\d+),v1=(\w+)$/.exec(String(headers['x-atelier-signature']))!
    const wanted = createHmac('sha256', SECRETS.HOOK_SECRET).update(`${time}.${body}`)
    expect(code).toBe(wanted.digest('hex'))
  })

  it('waits for its secret, and goes to no private address unless that is allowed', async () => {
    const { url, received } = await receiver()
    const route = { type: 'webhook', url, secret_env: 'HOOK_SECRET' } as const
    expect(await send(fired, { ...route, secret_env: 'NOT_SET' })).toEqual({
      ...{ state: 'pending', outcome: 'the environment variable NOT_SET is not set' },
    })
    expect(await send(fired, route)).toMatchObject({ state: 'failed' })
    expect(received).toEqual([])
  })
})

describe('sendAlert to Slack', () => {
  it('posts a text in which nothing is a link or a mention', async () => {
    const { url, received } = await receiver()
    const route = { type: 'slack', url_env: 'SLACK_URL', allow_private: true } as const
    const SLACK_URL = `${url}/services/T0/B0/xyz`
    expect(await send(fired, route, { SLACK_URL })).toMatchObject({ state: 'delivered' })
    expect(received[0]!.url).toBe('/services/T0/B0/xyz')
    expect(JSON.parse(received[0]!.body)).toEqual({
      text: 'Alert (critical) drift: &lt;coat&gt; &amp; "bag" moved\nModel garments version 3\nAt 2026-11-25T08:00:00.000Z\nAlert e1',
      unfurl_links: false,
    })
    const bad = await send(fired, route, { SLACK_URL: 'xoxb-secret' })
    expect(bad).toEqual({ state: 'failed', outcome: 'SLACK_URL holds no address' })
  })
})

describe('alertSentence', () => {
  it('names the rule, once', () => {
    const { message } = fired
    expect(alertSentence({ rule: 'drift', message })).toBe(message)
    expect(alertSentence({ rule: 'clothes', message })).toBe(`clothes: ${message}`)
    expect(alertSentence({ rule: 'drift', message: 'ok: nothing moved' })).toBe(
      'drift: ok: nothing moved',
    )
  })
})

describe('sendAlert to PagerDuty', () => {
  it('triggers, acknowledges and resolves one incident', async () => {
    const { url, received } = await receiver(202)
    const route = { type: 'pagerduty', url, key_env: 'PD_KEY', allow_private: true } as const
    const kinds = ['fired', 'reminded', 'acknowledged', 'resolved'] as const
    for (const kind of kinds) await send({ ...fired, kind }, route)
    const bodies = received.map(({ body }) => JSON.parse(body))
    expect(bodies.map(({ event_action }) => event_action)).toEqual([
      ...['trigger', 'trigger', 'acknowledge', 'resolve'],
    ])
    const common = { routing_key: SECRETS.PD_KEY, dedup_key: 'e1' }
    for (const body of bodies) expect(body).toMatchObject(common)
    expect(bodies[0].payload).toMatchObject({
      ...{ summary: fired.message, source: 'garments version 3', severity: 'critical' },
      timestamp: fired.time,
    })
    expect(bodies[3]).toEqual({ ...common, event_action: 'resolve' })
  })
})

describe('sendAlert by mail', () => {
  const login = { user: SECRETS.MAIL_USER, password: SECRETS.MAIL_PASSWORD }
  async function routeTo(options: MailServerOptions, change: object = {}) {
    const server = await mailServer(options)
    closing.push(server.close)
    const route = {
      ...{ type: 'email', host: '127.0.0.1', port: server.port, tls: 'none', user_env: null },
      ...{ password_env: null, from: 'atelier@example.org', allow_private: true },
      ...{ to: ['ada@example.org', 'bea@example.org'], ...change },
    } as AlertRoute
    return { route, mails: server.mails }
  }
  const credentials = { user_env: 'MAIL_USER', password_env: 'MAIL_PASSWORD' }

  it('sends one mail to all, in the thread of its alert', async () => {
    const { route, mails } = await routeTo({ login }, credentials)
    expect(await send(fired, route)).toEqual({ state: 'delivered', outcome: 'SMTP 250' })
    expect(await send(resolved, route)).toMatchObject({ state: 'delivered' })
    const [first, last] = mails
    expect(first).toMatchObject({ user: 'atelier', secure: false, from: 'atelier@example.org' })
    expect(first!.to).toEqual(['ada@example.org', 'bea@example.org'])
    expect(first!.text).toMatch(/^Subject: Alert \(critical\) drift\r$/m)
    expect(first!.text).toMatch(/^Message-ID: <e1@atelier>\r$/m)
    expect(first!.text).toContain('<coat> & "bag" moved')
    expect(first!.text).toMatch(/^Auto-Submitted: auto-generated\r$/im)
    expect(last!.text).toMatch(/^In-Reply-To: <e1@atelier>\r$/m)
  })

  it.each([
    [550, { state: 'failed', outcome: 'EENVELOPE, SMTP 550' }],
    [451, { state: 'pending', outcome: 'EENVELOPE, SMTP 451' }],
  ])('takes %i for what it is', async (refuse, wanted) => {
    const { route } = await routeTo({ refuse })
    expect(await send(fired, route)).toEqual(wanted)
  })

  it('tells no password to a server that it does not know', async () => {
    const { route, mails } = await routeTo({ login }, { ...credentials, tls: 'starttls' })
    const attempt = await send(fired, route)
    expect(attempt).toMatchObject({
      ...{ state: 'pending', outcome: expect.stringContaining('no valid certificate (') },
    })
    expect(mails).toEqual([])
    expect(JSON.stringify(attempt)).not.toContain(SECRETS.MAIL_PASSWORD)
    const wrong = await send(fired, (await routeTo({ login }, credentials)).route, {
      MAIL_PASSWORD: 'another',
    })
    expect(wrong).toEqual({ state: 'failed', outcome: 'EAUTH, SMTP 535' })
  })

  it('goes to no private address unless that is allowed', async () => {
    const { route } = await routeTo({}, { allow_private: false, host: 'localhost' })
    expect(await send(fired, route)).toMatchObject({
      ...{ state: 'failed', outcome: expect.stringContaining('private') },
    })
  })
})
