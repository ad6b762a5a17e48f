import type { DriftReport, ProjectConfig } from '../../contracts/index.ts'
import { AtelierError } from '../../core/index.ts'
import { alertSentence, buildDriftReport } from '../../monitoring/index.ts'
import { defineCommand } from '../command.ts'
import { type CommandContext, printResult } from '../context.ts'
import { loadConfig } from '../load-config.ts'
import { driftText } from '../monitor/drift-text.ts'
import { loadComparison } from '../monitor/load-comparison.ts'
import { monitoredLog, type WatchedLog } from '../monitor/monitored-log.ts'
import { checkAlerts, deliverAlerts, withAlerts } from '../monitor/watch-alerts.ts'
import { referenceOption, windowOptions } from '../monitor/window-options.ts'

export const monitorCheckCommand = defineCommand({
  arguments: {},
  options: {
    ...windowOptions,
    reference: referenceOption,
    alert: {
      type: 'boolean',
      description: 'Also go through the rules of `alerts`, and tell whoever they name.',
    },
  },
  overrides: true,
  examples: [
    {
      command: 'atelier monitor check --from 24h',
      does: 'Exit code 1 if the last day drifted, 5 if it cannot be told.',
    },
    { command: 'atelier monitor check --alert', does: 'From cron, where nothing serves.' },
    { command: 'atelier monitor check -n 500 --json', does: 'The newest 500, for a script.' },
  ],
  async run(context, { options, overrides }) {
    const { config } = await loadConfig(context, overrides)
    // first: that nothing is logged any more is something to tell, too
    if (options.alert) await tellAlerts(context, config, options)
    const { reference, window } = await loadComparison(context, config, options)
    const { report } = buildDriftReport(reference, window, { now: context.clock.now() })
    printResult(context, report, () => driftText(report))
    throwVerdict(report)
  },
})

const ATTEMPTS = 3

async function tellAlerts(
  context: CommandContext,
  config: ProjectConfig,
  watched: WatchedLog,
): Promise<void> {
  const { logger } = context
  const log = monitoredLog(context, config, watched)
  await withAlerts(context, config, async (store) => {
    const { told } = await checkAlerts(context, config, log, store)
    for (const event of told) {
      logger.warn(`alert ${event.kind} (${event.severity}) ${alertSentence(event)}`)
    }
    const tried = await deliverAlerts(context, config, store, { attempts: ATTEMPTS })
    for (const { route, state, outcome } of tried) {
      if (state === 'delivered') continue
      const again = state === 'failed' ? '; `atelier monitor alerts --resend` tries again' : ''
      logger.warn(`${route} was not told: ${outcome}${again}`)
    }
  })
}

function throwVerdict({ verdict, reason, p, window, needed }: DriftReport): void {
  if (verdict === 'drift') {
    throw new AtelierError('DRIFT_FOUND', reason, {
      hint: 'Look at it with `atelier monitor report`.',
      data: { p, rows: window.rows },
    })
  }
  if (verdict === 'unjudged') {
    throw new AtelierError('DRIFT_UNJUDGED', reason, {
      hint: 'Widen the window (`--last`, `--from`), or wait for more predictions.',
      data: { rows: window.rows, needed },
    })
  }
}
