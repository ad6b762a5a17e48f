import { z } from 'zod'

const positiveInt = z.int().positive()
const fraction = z.number().min(0).max(1)

/** What all rules have. A change must last before anybody is told of it, and so must its end. */
const ruleBase = {
  severity: z.enum(['info', 'warning', 'critical']).describe('How much it matters.'),
  after: positiveInt.describe('Checks in a row that must be bad before the alert fires.'),
  clear: positiveInt.describe('Checks in a row that must be good before it is over.'),
  repeat_hours: z
    .number()
    .positive()
    .nullable()
    .describe('Hours until an alert that nobody acknowledged is sent again; null: never.'),
  routes: z.array(z.string()).describe('Names of routes; none: it is only recorded.'),
}

export const alertRuleSchema = z.discriminatedUnion('on', [
  z.strictObject({
    on: z.literal('drift').describe('The verdict on the window.'),
    level: z.enum(['watch', 'drift']).describe('The verdict that is bad.'),
    ...ruleBase,
  }),
  z.strictObject({
    on: z.literal('accuracy').describe('Accuracy on predictions whose labels came.'),
    below: fraction.describe('Bad when even the upper end of its 95 % interval is below.'),
    ...ruleBase,
  }),
  z.strictObject({
    on: z.literal('error_rate').describe('Share of requests answered with 5xx.'),
    above: fraction.describe('Bad above this share.'),
    ...ruleBase,
  }),
  z.strictObject({
    on: z.literal('latency').describe('99th percentile of the time to an answer, ms.'),
    above: z.number().positive().describe('Bad above so many milliseconds.'),
    ...ruleBase,
  }),
  z.strictObject({
    on: z.literal('silence').describe('Time since the last prediction, minutes.'),
    above: z.number().positive().describe('Bad above so many minutes.'),
    ...ruleBase,
  }),
  z.strictObject({
    on: z.literal('volume').describe('Predictions per hour over the window.'),
    below: z.number().min(0).nullable().describe('Bad below so many; null: no limit.'),
    above: z.number().min(0).nullable().describe('Bad above so many; null: no limit.'),
    ...ruleBase,
  }),
])
export type AlertRule = z.infer<typeof alertRuleSchema>

const secretVariable = z.string().regex(/^[A-Z][A-Z0-9_]*$/)

/** Where alerts go. Secrets are named by the environment variable that holds them. */
export const alertRouteSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('webhook').describe('A POST of the event as JSON.'),
    url: z.url().describe('Where it goes.'),
    secret_env: secretVariable
      .nullable()
      .describe('Variable with the key that signs it; null: unsigned.'),
  }),
  z.strictObject({
    type: z.literal('slack').describe('An incoming webhook of Slack.'),
    url_env: secretVariable.describe('Variable with the webhook address.'),
  }),
  z.strictObject({
    type: z.literal('email').describe('SMTP.'),
    host: z.string().min(1).describe('Mail server.'),
    port: z.int().min(1).max(65535).describe('Its port.'),
    tls: z.enum(['none', 'starttls', 'implicit']).describe('How the connection is encrypted.'),
    user_env: secretVariable.nullable().describe('Variable with the user name; null: no login.'),
    password_env: secretVariable.nullable().describe('Variable with the password.'),
    from: z.string().min(3).describe('Sender.'),
    to: z.array(z.string().min(3)).min(1).describe('Recipients.'),
  }),
  z.strictObject({
    type: z.literal('pagerduty').describe('Events API of version 2.'),
    key_env: secretVariable.describe('Variable with the routing key.'),
    url: z.url().describe('The events endpoint.'),
  }),
])
export type AlertRoute = z.infer<typeof alertRouteSchema>

export const alertsSchema = z.strictObject({
  rules: z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), alertRuleSchema).describe('By name.'),
  routes: z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), alertRouteSchema).describe('By name.'),
})
export type AlertsConfig = z.infer<typeof alertsSchema>

/** What is told of an alert, wherever it goes. */
export const alertEventSchema = z.strictObject({
  id: z.string(),
  rule: z.string(),
  kind: z.enum(['fired', 'reminded', 'resolved']),
  severity: z.enum(['info', 'warning', 'critical']),
  /** One sentence: what is wrong and by how much. */
  message: z.string(),
  value: z.number().nullable(),
  model: z.string().nullable(),
  /** ISO 8601 */
  time: z.string(),
  /** The same for all events of one alert, from fired to resolved. */
  alert: z.string(),
})
export type AlertEvent = z.infer<typeof alertEventSchema>
