import type { DriftReport } from '../../contracts/index.ts'
import { AtelierError } from '../../core/index.ts'
import { buildDriftReport } from '../../monitoring/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { loadConfig } from '../load-config.ts'
import { driftText } from '../monitor/drift-text.ts'
import { loadComparison } from '../monitor/load-comparison.ts'
import { referenceOption, windowOptions } from '../monitor/window-options.ts'

export const monitorCheckCommand = defineCommand({
  arguments: {},
  options: { ...windowOptions, reference: referenceOption },
  overrides: true,
  examples: [
    {
      command: 'atelier monitor check --from 24h',
      does: 'Exit code 1 if the last day drifted, 5 if it cannot be told.',
    },
    { command: 'atelier monitor check -n 500 --json', does: 'The newest 500, for a script.' },
  ],
  async run(context, { options, overrides }) {
    const { config } = await loadConfig(context, overrides)
    const { reference, window } = await loadComparison(context, config, options)
    const { report } = buildDriftReport(reference, window, { now: context.clock.now() })
    printResult(context, report, () => driftText(report))
    throwVerdict(report)
  },
})

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
