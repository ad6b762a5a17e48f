import { relative, resolve } from 'node:path'
import { AtelierError } from '../../core/index.ts'
import { importLabels } from '../../monitoring/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { loadConfig } from '../load-config.ts'
import { withPredictionStore } from '../monitor/open-log.ts'
import { windowOptions } from '../monitor/window-options.ts'

export const monitorLabelsCommand = defineCommand({
  arguments: {
    file: { description: 'A CSV file with the columns prediction_id and label.', required: true },
  },
  options: { log: windowOptions.log },
  overrides: true,
  examples: [
    {
      command: 'atelier monitor labels labels.csv',
      does: 'Afterwards, reports tell the live accuracy.',
    },
  ],
  async run(context, { arguments: { file }, options, overrides }) {
    const { config } = await loadConfig(context, overrides)
    const { cwd, clock, logger } = context
    const path = resolve(cwd, file)
    const result = await withPredictionStore(context, config, options.log, (store) =>
      importLabels(store, path, clock.now()),
    )
    const { added, unknown } = result
    if (added === 0) {
      throw new AtelierError(
        'PREDICTION_UNKNOWN',
        `None of the ${unknown} labels in ${relative(cwd, path)} is of a logged prediction.`,
        { hint: 'Take the prediction_id of the answers, or of `atelier monitor export`.' },
      )
    }
    if (unknown > 0) logger.warn(`${unknown} labels are of no logged prediction`)
    printResult(context, result, () => `Added ${added} labels.`)
  },
})
