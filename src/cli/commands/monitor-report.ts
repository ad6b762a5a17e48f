import { join, relative, resolve } from 'node:path'
import { writeFileAtomic } from '../../core/index.ts'
import { buildDriftReport, driftPage } from '../../monitoring/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { loadConfig } from '../load-config.ts'
import { driftText } from '../monitor/drift-text.ts'
import { loadComparison } from '../monitor/load-comparison.ts'
import { referenceOption, windowOptions } from '../monitor/window-options.ts'

export const monitorReportCommand = defineCommand({
  arguments: {},
  options: {
    ...windowOptions,
    reference: referenceOption,
    output: {
      type: 'string',
      description: 'Folder of the report. Default: monitoring in the folder of reports.',
      short: 'o',
      placeholder: 'DIR',
    },
  },
  overrides: true,
  examples: [
    { command: 'atelier monitor report', does: 'The newest 1000 predictions.' },
    { command: 'atelier monitor report --from 7d -m classifier/3', does: 'A week of one version.' },
    {
      command: 'atelier monitor report -l monitoring/prediction_log.csv -r reference.csv',
      does: 'Of a CSV log.',
    },
  ],
  async run(context, { options, overrides }) {
    const { config } = await loadConfig(context, overrides)
    const { reference, window } = await loadComparison(context, config, options)
    const { report } = buildDriftReport(reference, window, { now: context.clock.now() })
    const { cwd } = context
    const folder = resolve(cwd, options.output ?? join(config.paths.reports, 'monitoring'))
    const files = {
      html: join(folder, 'drift_report.html'),
      json: join(folder, 'drift_report.json'),
    }
    await writeFileAtomic(files.json, `${JSON.stringify(report, null, 2)}\n`)
    await writeFileAtomic(files.html, driftPage(report))
    printResult(
      context,
      { report, files },
      () => `${driftText(report)}\n\nReport ${relative(cwd, files.html)}`,
    )
  },
})
