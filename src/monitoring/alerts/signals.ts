import type { AlertRule, DriftLevel } from '../../contracts/index.ts'

/** What a check found. Null: it cannot be told, for want of rows, labels or counts. */
export interface Signals {
  readonly drift: { readonly verdict: DriftLevel; readonly reason: string } | null
  readonly accuracy: {
    readonly value: number
    readonly low: number
    readonly high: number
    readonly labelled: number
  } | null
  /** Share of requests answered with 5xx. */
  readonly error_rate: { readonly value: number; readonly requests: number } | null
  /** 99th percentile, ms, of so many predictions. */
  readonly latency: { readonly p99: number; readonly rows: number } | null
  /** Minutes since the last prediction; null: there never was one. */
  readonly silence: number | null
  /** Predictions per hour over the window. */
  readonly volume: number | null
}

export interface Judgement {
  /** Unknown changes nothing: an alert neither fires nor ends by it. */
  readonly state: 'good' | 'bad' | 'unknown'
  readonly value: number | null
  readonly message: string
}

export const NO_SIGNALS: Signals = {
  ...{ drift: null, accuracy: null, error_rate: null },
  ...{ latency: null, silence: null, volume: null },
}

const UNKNOWN: Judgement = { state: 'unknown', value: null, message: 'not known' }
const LEVELS = { ok: 0, watch: 1, drift: 2 } as const

/** What a rule says of what was found. */
export function judgeSignals(rule: AlertRule, signals: Signals): Judgement {
  switch (rule.signal) {
    case 'drift': {
      if (signals.drift === null) return UNKNOWN
      const { verdict, reason } = signals.drift
      if (verdict === 'unjudged') return { ...UNKNOWN, message: reason }
      return judgement(
        LEVELS[verdict] >= LEVELS[rule.level],
        LEVELS[verdict],
        `${verdict}: ${reason}`,
      )
    }
    case 'accuracy': {
      if (signals.accuracy === null) return UNKNOWN
      const { value, low, high, labelled } = signals.accuracy
      const text = `accuracy is ${percent(value)} (${percent(low)} to ${percent(high)}, ${labelled} labels), wanted ${percent(rule.below)}`
      return judgement(high < rule.below, value, text)
    }
    case 'error_rate': {
      if (signals.error_rate === null || signals.error_rate.requests < rule.least) return UNKNOWN
      const { value, requests } = signals.error_rate
      const text = `${percent(value)} of ${requests} requests failed, allowed are ${percent(rule.above)}`
      return judgement(value > rule.above, value, text)
    }
    case 'latency':
      if (signals.latency === null || signals.latency.rows < rule.least) return UNKNOWN
      return above(
        signals.latency.p99,
        rule.above,
        (value) =>
          `99 % of answers take up to ${value.toFixed(1)} ms, allowed are ${rule.above} ms`,
      )
    case 'silence':
      return above(
        signals.silence,
        rule.above,
        (value) => `no prediction for ${value.toFixed(1)} minutes, allowed are ${rule.above}`,
      )
    case 'volume': {
      const { volume } = signals
      if (volume === null) return UNKNOWN
      const isBad =
        (rule.below !== null && volume < rule.below) || (rule.above !== null && volume > rule.above)
      const limits = `${rule.below ?? 0} to ${rule.above ?? 'any number'}`
      return judgement(
        isBad,
        volume,
        `${volume.toFixed(1)} predictions an hour, expected are ${limits}`,
      )
    }
  }
}

function above(value: number | null, limit: number, text: (value: number) => string): Judgement {
  return value === null ? UNKNOWN : judgement(value > limit, value, text(value))
}

function judgement(isBad: boolean, value: number, message: string): Judgement {
  return { state: isBad ? 'bad' : 'good', value, message }
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`
