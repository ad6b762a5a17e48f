import { z } from 'zod'

const positiveInt = z.int().positive()
const fraction = z.number().min(0).max(1)
const name = z.string().regex(/^[a-z][a-z0-9_]*$/)

/** `30m`, `24h`, `7d`. */
const timeSpanSchema = z.string().regex(/^\d+(?:\.\d+)?[mhd]$/)
/** The same, or `500 rows`: the newest so many. */
export const windowSpanSchema = z.string().regex(/^(?:\d+(?:\.\d+)?[mhd]|[1-9]\d* rows)$/)

const timeWindow = timeSpanSchema.describe('How far back it looks: 30m, 24h, 7d.')
const anyWindow = windowSpanSchema.describe('What it looks at: 30m, 24h, 7d, or 500 rows.')

/** How long a change must last before anybody is told of it, and its end as well. */
const patience = {
  after: positiveInt.describe('Checks in a row that must be bad before the alert fires.'),
  clear: positiveInt.describe('Checks in a row that must be good before it is over.'),
  repeat_hours: z
    .number()
    .positive()
    .nullable()
    .describe('Hours until an alert that nobody acknowledged is told again; null: never.'),
}

const ruleBase = {
  severity: z.enum(['info', 'warning', 'critical']).describe('How much it matters.'),
  routes: z
    .array(name)
    .optional()
    .describe('Names of routes; all of them when left out, none for []: it is only recorded.'),
  after: patience.after.optional(),
  clear: patience.clear.optional(),
  repeat_hours: patience.repeat_hours.optional(),
}

const alertRuleSchema = z.discriminatedUnion('signal', [
  z.strictObject({
    signal: z.literal('drift').describe('The verdict on the window.'),
    window: anyWindow,
    level: z.enum(['watch', 'drift']).describe('The verdict that is bad.'),
    ...ruleBase,
  }),
  z.strictObject({
    signal: z.literal('accuracy').describe('Accuracy on predictions whose labels came.'),
    window: anyWindow,
    below: fraction.describe('Bad when even the upper end of its 95 % interval is below.'),
    ...ruleBase,
  }),
  z.strictObject({
    signal: z.literal('error_rate').describe('Share of requests answered with 5xx.'),
    window: timeWindow,
    above: fraction.describe('Bad above this share.'),
    least: positiveInt.describe('Of fewer requests nothing can be told.'),
    ...ruleBase,
  }),
  z.strictObject({
    signal: z.literal('latency').describe('99th percentile of the time to an answer, ms.'),
    window: anyWindow,
    above: z.number().positive().describe('Bad above so many milliseconds.'),
    least: positiveInt.describe('Of fewer predictions nothing can be told.'),
    ...ruleBase,
  }),
  z.strictObject({
    signal: z.literal('silence').describe('Time since the last prediction, minutes.'),
    above: z.number().positive().describe('Bad above so many minutes.'),
    ...ruleBase,
  }),
  z.strictObject({
    signal: z.literal('volume').describe('Predictions per hour over the window.'),
    window: timeWindow,
    below: z.number().min(0).nullable().describe('Bad below so many; null: no limit.'),
    above: z.number().min(0).nullable().describe('Bad above so many; null: no limit.'),
    ...ruleBase,
  }),
])
export type AlertRule = z.infer<typeof alertRuleSchema>

const variable = z.string().regex(/^[A-Za-z_]\w*$/)
const webUrl = z.url({ protocol: /^https?$/ }).refine((url) => !/^[^/]*\/\/[^/?#]*@/.test(url), {
  error: 'A URL of a route holds no user or password.',
})
const mailAddress = z
  .string()
  .regex(/^[^\r\n]*@[^\r\n]*$/)
  .max(320)
const allowPrivate = z
  .boolean()
  .optional()
  .describe('Also send to addresses of this machine and of private networks.')

/** Where alerts go. Secrets are named by the environment variable that holds them. */
const alertRouteSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('webhook').describe('A POST of the event as JSON.'),
    url: webUrl.describe('Where it goes.'),
    secret_env: variable.describe('Variable with the secret of the signature.'),
    allow_private: allowPrivate,
  }),
  z.strictObject({
    type: z.literal('slack').describe('An incoming webhook of Slack.'),
    url_env: variable.describe('Variable with the address of the webhook.'),
    allow_private: allowPrivate,
  }),
  z.strictObject({
    type: z.literal('email').describe('A mail, by SMTP.'),
    host: z.string().min(1).describe('Mail server.'),
    port: z.int().min(1).max(65535).describe('Its port.'),
    tls: z
      .enum(['none', 'starttls', 'implicit'])
      .describe('How the connection is encrypted; none sends everything in the clear.'),
    user_env: variable.nullable().describe('Variable with the user name; null: no login.'),
    password_env: variable.nullable().describe('Variable with the password.'),
    from: mailAddress.describe('Sender.'),
    to: z.array(mailAddress).min(1).max(50).describe('Recipients.'),
    allow_private: allowPrivate,
  }),
  z.strictObject({
    type: z.literal('pagerduty').describe('Events API of version 2.'),
    key_env: variable.describe('Variable with the routing key.'),
    url: webUrl.describe('Where events go: https://events.pagerduty.com/v2/enqueue.'),
    allow_private: allowPrivate,
  }),
])
export type AlertRoute = z.infer<typeof alertRouteSchema>

export const alertsSchema = z
  .strictObject({
    ...patience,
    rules: z.record(name, alertRuleSchema).optional().describe('What is watched, by name.'),
    routes: z.record(name, alertRouteSchema).optional().describe('Who is told, by name.'),
  })
  .superRefine(({ rules = {}, routes = {} }, context) => {
    for (const [rule, { routes: wanted = [] }] of Object.entries(rules)) {
      for (const route of wanted) {
        if (Object.hasOwn(routes, route)) continue
        const known = Object.keys(routes).join(', ') || 'none'
        const message = `There is no route ${route}; known: ${known}.`
        context.addIssue({ code: 'custom', path: ['rules', rule, 'routes'], message })
      }
    }
  })
export type AlertsConfig = z.infer<typeof alertsSchema>

/** What is told of an alert, wherever it goes. */
export const alertEventSchema = z.strictObject({
  format: z.literal('atelier-alert'),
  version: z.literal(1),
  /** The same in every attempt to deliver it. */
  id: z.string(),
  kind: z.enum(['fired', 'reminded', 'acknowledged', 'resolved']),
  rule: z.string(),
  severity: z.enum(['info', 'warning', 'critical']),
  /** One sentence: what is wrong and by how much. */
  message: z.string(),
  value: z.number().nullable(),
  /** The model that predicted. */
  model: z.string().nullable(),
  /** Who acknowledged it. */
  by: z.string().nullable(),
  /** ISO 8601 */
  time: z.string(),
  /** The same for all events of one alert, from fired to resolved. */
  alert: z.string(),
})
export type AlertEvent = z.infer<typeof alertEventSchema>

/** Where a rule stands. */
export interface AlertStatus {
  readonly rule: string
  readonly signal: AlertRule['signal']
  readonly severity: AlertEvent['severity']
  /** `unknown`: no check could tell yet. */
  readonly status: 'ok' | 'firing' | 'unknown'
  /** ISO 8601: since when; null: unknown. */
  readonly since: string | null
  /** Of the alert that fires. */
  readonly alert: string | null
  readonly acknowledged: { readonly by: string; readonly time: string } | null
  readonly value: number | null
  readonly message: string
}

/** An event on its way to a route. */
export interface AlertDelivery {
  readonly event: string
  readonly route: string
  readonly state: 'pending' | 'delivered' | 'failed'
  readonly attempts: number
  /** Of the last attempt; null before the first. */
  readonly outcome: string | null
}

/** A delivery that did not arrive yet, and what it tells. */
export interface UndeliveredAlert extends AlertDelivery {
  readonly kind: AlertEvent['kind']
  readonly rule: string
  /** ISO 8601: of the event. */
  readonly time: string
}

export interface AlertsAnswer {
  readonly alerts: readonly AlertStatus[]
  /** The newest first, each with what became of its deliveries. */
  readonly events: readonly (AlertEvent & { readonly deliveries: readonly AlertDelivery[] })[]
}
