import type { AlertRule, DriftCheck, DriftReport } from '../../contracts/index.ts'
import { AtelierError } from '../../core/index.ts'
import { wilsonInterval } from '../../statistics/index.ts'
import { buildDriftReport } from '../report/build-drift-report.ts'
import { isoTime, latencyOf } from '../report/window-facts.ts'
import type { PredictionWindow } from '../windows/prediction-window.ts'
import type { EffectiveRule } from './effective-rules.ts'
import type { MonitoredLog } from './monitored-log.ts'
import { type Judgement, judgeSignals, NO_SIGNALS, type Signals } from './signals.ts'
import { spanMs, windowOfSpan } from './window-span.ts'

export interface CheckResult {
  readonly check: DriftCheck
  /** By the name of the rule. */
  readonly judged: ReadonlyMap<string, Judgement>
}

export interface CheckOptions {
  /** `monitoring.check_window` */
  readonly window: string
  readonly rules: readonly EffectiveRule[]
  readonly now: number
}

/** Judges the window, and what every rule looks at. What cannot be told is unknown, and says why. */
export async function runCheck(
  log: MonitoredLog,
  { window, rules, now }: CheckOptions,
): Promise<CheckResult> {
  const look = onceEach(log, now)
  const found = await told(() => look.report(window))
  const check = 'code' in found ? failedCheck(found, now) : checkOf(found, now)
  const judged = new Map<string, Judgement>()
  for (const { name, rule } of rules) {
    const signals = await told(() => signalsFor(rule, look, now))
    judged.set(
      name,
      'code' in signals
        ? { state: 'unknown', value: null, message: signals.message }
        : judgeSignals(rule, signals),
    )
  }
  return { check, judged }
}

/** An expected failure is an answer, too: an empty window, a missing reference, columns that do not fit. */
async function told<T extends object>(work: () => Promise<T>): Promise<T | AtelierError> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof AtelierError && error.kind === 'input') return error
    throw error
  }
}

interface Look {
  readonly log: MonitoredLog
  window(span: string): Promise<PredictionWindow>
  report(span: string): Promise<DriftReport>
}

/** Several rules may look at the same window: it is read and judged once. */
function onceEach(log: MonitoredLog, now: number): Look {
  const windows = new Map<string, Promise<PredictionWindow>>()
  const reports = new Map<string, Promise<DriftReport>>()
  const once = <T>(known: Map<string, Promise<T>>, span: string, work: () => Promise<T>) => {
    const found = known.get(span) ?? work()
    known.set(span, found)
    return found
  }
  const window = (span: string) => once(windows, span, () => log.window(windowOfSpan(span, now)))
  const report = (span: string) =>
    once(reports, span, async () => {
      const rows = await window(span)
      return buildDriftReport(await log.reference(rows), rows, { now }).report
    })
  return { log, window, report }
}

async function signalsFor(rule: AlertRule, look: Look, now: number): Promise<Signals> {
  switch (rule.signal) {
    case 'drift': {
      const { verdict, reason } = await look.report(rule.window)
      return { ...NO_SIGNALS, drift: { verdict, reason } }
    }
    case 'accuracy': {
      const { labelled, right } = await look.window(rule.window)
      if (labelled === 0) return NO_SIGNALS
      return { ...NO_SIGNALS, accuracy: { ...wilsonInterval(right, labelled), labelled } }
    }
    case 'error_rate': {
      const counted = await look.log.requests(now - spanMs(rule.window)!)
      if (counted === undefined || counted.requests === 0) return NO_SIGNALS
      const { requests, errors } = counted
      return { ...NO_SIGNALS, error_rate: { value: errors / requests, requests } }
    }
    case 'latency': {
      const rows = await look.window(rule.window)
      const latency = latencyOf(rows)
      if (latency === null) return NO_SIGNALS
      return { ...NO_SIGNALS, latency: { p99: latency.p99, rows: rows.rows.count } }
    }
    case 'silence': {
      const last = await look.log.last()
      return { ...NO_SIGNALS, silence: last === undefined ? null : (now - last) / 60_000 }
    }
    case 'volume': {
      const ms = spanMs(rule.window)!
      return { ...NO_SIGNALS, volume: (await look.log.count(now - ms)) / (ms / 3_600_000) }
    }
  }
}

const SHOWN_KINDS: ReadonlySet<string> = new Set(['feature', 'confidence', 'class_mix'])

function checkOf(report: DriftReport, now: number): DriftCheck {
  const { model, verdict, reason, p, window, measures, live } = report
  const { rows, first, last } = window
  return {
    ...{ time: isoTime(now), model, verdict, reason, p, rows, first, last },
    effects: measures
      .filter(({ kind }) => SHOWN_KINDS.has(kind))
      .map(({ name, kind, effect, drifted }) => ({ name, kind, effect: effect.value, drifted })),
    live: live && {
      ...{ accuracy: live.accuracy, low: live.low, high: live.high, labelled: live.labelled },
    },
    failure: null,
  }
}

function failedCheck({ code, message }: AtelierError, now: number): DriftCheck {
  return {
    ...{ time: isoTime(now), model: null, verdict: 'unjudged', reason: message, p: 1, rows: 0 },
    ...{ first: null, last: null, effects: [], live: null, failure: code },
  }
}
