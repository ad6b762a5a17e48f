import type { AlertRoute, AlertRule, AlertsConfig } from '../../contracts/index.ts'
import type { Patience } from './step-alert.ts'

/** A rule with what it left out, and the names of the routes that hear of it. */
export interface EffectiveRule extends Patience {
  readonly name: string
  readonly rule: AlertRule
  readonly severity: AlertRule['severity']
  readonly routes: readonly string[]
}

export function effectiveRules(config: AlertsConfig): readonly EffectiveRule[] {
  return Object.entries(config.rules ?? {}).map(([name, rule]) => ({
    ...{ name, rule, severity: rule.severity },
    routes: rule.routes ?? routeNames(config),
    after: rule.after ?? config.after,
    clear: rule.clear ?? config.clear,
    repeat_hours: rule.repeat_hours === undefined ? config.repeat_hours : rule.repeat_hours,
  }))
}

export const routeNames = ({ routes = {} }: AlertsConfig): string[] => Object.keys(routes)

export function routeOf({ routes = {} }: AlertsConfig, name: string): AlertRoute | undefined {
  return Object.hasOwn(routes, name) ? routes[name] : undefined
}
