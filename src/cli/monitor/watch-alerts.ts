import { resolve } from 'node:path'
import type { AlertDelivery, ProjectConfig } from '../../contracts/index.ts'
import { sendMail, sendRequest } from '../../delivery/index.ts'
import {
  type AlertStore,
  type DeliverAlerts,
  effectiveRules,
  type MonitoredLog,
  openAlertStore,
  runCheck,
} from '../../monitoring/index.ts'
import type { CommandContext } from '../context.ts'

const TIMEOUT_MS = 10_000

/** Opens what is known of checks and alerts. Throws STORE_UNAVAILABLE. */
function openAlerts(
  { cwd, env }: CommandContext,
  { tracking }: ProjectConfig,
): Promise<AlertStore> {
  return openAlertStore({ url: env['DATABASE_URL'], path: resolve(cwd, tracking.database) })
}

export async function withAlerts<T>(
  context: CommandContext,
  config: ProjectConfig,
  work: (store: AlertStore) => Promise<T>,
): Promise<T> {
  const store = await openAlerts(context, config)
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

/** Judges what the configuration watches, and writes down what is to be told. */
export async function checkAlerts(
  { clock }: CommandContext,
  config: ProjectConfig,
  log: MonitoredLog,
  store: AlertStore,
) {
  const now = clock.now()
  const rules = effectiveRules(config.alerts)
  const found = await runCheck(log, { window: config.monitoring.check_window, rules, now })
  return { check: found.check, told: await store.record(found, config.alerts, now) }
}

/** Sends what is due. */
export function deliverAlerts(
  { env, clock, signal }: CommandContext,
  config: ProjectConfig,
  store: AlertStore,
  options: Pick<DeliverAlerts, 'attempts' | 'again'>,
): Promise<readonly AlertDelivery[]> {
  const random = { uniform: Math.random }
  const senders = { env, sendRequest, sendMail, clock, random, timeoutMs: TIMEOUT_MS, signal }
  return store.deliver(config.alerts, { ...senders, ...options })
}
