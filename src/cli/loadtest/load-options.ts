import { AtelierError } from '../../core/index.ts'
import {
  type LoadMix,
  type LoadPlan,
  type ServiceRouteName,
  serviceRouteNames,
} from '../../loadtest/index.ts'

/** The options of `loadtest` that say how to ask, as typed. */
export interface PaceOptions {
  readonly users: number
  readonly ramp: number
  readonly wait: string
  readonly rate: number | undefined
  readonly connections: number | undefined
}

const MOST_CONNECTIONS = 10_000
const DEFAULT_CONNECTIONS = 256

/** The address of a service. Throws `USAGE`. */
export function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw usage(`'${text}' is no address of a service.`, 'Give one like http://127.0.0.1:8080.')
  }
  if (url.username !== '' || url.password !== '') {
    throw usage('The address holds a password.', 'Give a token with --token.')
  }
  if (url.search !== '' || url.hash !== '') {
    throw usage(`'${text}' has a query or fragment; wanted is where the routes begin.`)
  }
  return url
}

/** `health=5,predict=10`: the weights of the routes. */
export function readMix(text: string): LoadMix {
  const pairs = text.split(',').map((part): [ServiceRouteName, number] => {
    const [, name, weight] = /^(\w+)=(\d+(?:\.\d+)?)$/.exec(part.trim()) ?? []
    const route = serviceRouteNames.find((known) => known === name)
    if (route === undefined) {
      throw usage(
        `--mix has '${part}'; wanted are ROUTE=WEIGHT, separated by commas.`,
        `Routes: ${serviceRouteNames.join(', ')}.`,
      )
    }
    return [route, Number(weight)]
  })
  if (pairs.every(([, weight]) => weight === 0)) throw usage(`--mix ${text} asks for nothing.`)
  return Object.fromEntries(pairs)
}

/** Users, or with a rate arrivals. */
export function readPace(options: PaceOptions): LoadPlan['pace'] {
  const { users, ramp, wait, rate, connections } = options
  if (rate === undefined) {
    if (connections !== undefined) {
      throw usage('--connections goes with --rate.', 'Each user has one connection: set --users.')
    }
    requireWithin('--users', users, 1, MOST_CONNECTIONS)
    requireWithin('--ramp', ramp, 0, 86_400)
    return { kind: 'closed', users, ramp, wait: readWait(wait) }
  }
  requireWithin('--rate', rate, 0.01, 1_000_000)
  const most = connections ?? DEFAULT_CONNECTIONS
  requireWithin('--connections', most, 1, MOST_CONNECTIONS)
  return { kind: 'open', rate, connections: most }
}

/** `1-3` or `0`, seconds. */
function readWait(text: string): readonly [number, number] {
  const [, least, most = least] = /^(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?$/.exec(text.trim()) ?? []
  if (least === undefined || Number(most) < Number(least)) {
    throw usage(`--wait is '${text}', wanted seconds like 0, 0.5 or 1-3.`)
  }
  return [Number(least), Number(most)]
}

export function requireWithin(option: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return
  throw usage(`${option} is ${value}, wanted ${least} to ${most}.`)
}

/** Tokens stand in a header. */
export function readToken(text: string | undefined): string | undefined {
  if (text === undefined || /^[\x21-\x7e]+$/.test(text)) return text
  throw usage('--token holds spaces or letters that no header may have.')
}

export const usage = (message: string, hint?: string) =>
  new AtelierError('USAGE', message, hint === undefined ? {} : { hint })
