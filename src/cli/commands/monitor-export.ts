import { relative, resolve } from 'node:path'
import { exportCsv } from '../../monitoring/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { loadConfig } from '../load-config.ts'
import { wantedModel } from '../monitor/load-comparison.ts'
import { withPredictionStore } from '../monitor/open-log.ts'
import { windowOptions, windowQuery } from '../monitor/window-options.ts'

export const monitorExportCommand = defineCommand({
  arguments: {
    file: { description: 'The CSV file to write. Default: predictions.csv.' },
  },
  options: windowOptions,
  overrides: true,
  examples: [
    { command: 'atelier monitor export week.csv --from 7d', does: 'The last week.' },
    {
      command: 'atelier monitor export -n 500 -m classifier/3',
      does: 'The newest 500 of a version.',
    },
  ],
  async run(context, { arguments: { file = 'predictions.csv' }, options, overrides }) {
    const { config } = await loadConfig(context, overrides)
    const query = windowQuery(context, options)
    const path = resolve(context.cwd, file)
    const result = await withPredictionStore(context, config, options.log, async (store) => {
      const model = await wantedModel(context, config, store, options.model)
      return { model, path, rows: await exportCsv(store, model, query, path) }
    })
    printResult(
      context,
      result,
      () => `Wrote ${result.rows} predictions to ${relative(context.cwd, path)}`,
    )
  },
})
