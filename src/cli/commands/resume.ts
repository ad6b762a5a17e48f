import { resolve } from 'node:path'
import { openConfiguredDataset } from '../../data/index.ts'
import { findRun, readRunConfig } from '../../tracking/index.ts'
import { defineCommand } from '../command.ts'
import { loadConfig } from '../load-config.ts'
import { continueTraining } from '../run-training.ts'

export const resumeCommand = defineCommand({
  arguments: {
    run: { description: 'Id, its start or end, folder, or `latest`.', required: true },
  },
  options: {
    profile: { type: 'boolean', description: 'Trace the first steps by operator.' },
  },
  overrides: false,
  examples: [
    { command: 'atelier resume latest', does: 'Continue the newest run where it stopped.' },
    { command: 'atelier resume quiet-otter', does: 'Continue a run by the end of its id.' },
  ],
  async run(context, { arguments: { run: query }, options }) {
    const { config: defaults } = await loadConfig(context, [])
    const run = await findRun(resolve(context.cwd, defaults.paths.runs), query)
    const config = await readRunConfig(run)
    const dataset = await openConfiguredDataset(config.data, context.cwd)
    await continueTraining(context, {
      run,
      config,
      dataset,
      profile: options.profile,
      publish: true,
    })
  },
})
