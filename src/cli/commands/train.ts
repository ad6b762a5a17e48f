import { resolve } from 'node:path'
import { createRun, sweepTrial } from '../../tracking/index.ts'
import { modelSize, type TrainResult } from '../../training/index.ts'
import { defineCommand } from '../command.ts'
import { choiceWords } from '../config-options.ts'
import type { CommandContext } from '../context.ts'
import { libraryVersions } from '../library-versions.ts'
import { loadConfig, loadJobs } from '../load-config.ts'
import { runJobs } from '../multirun.ts'
import { openOrPrepareDataset } from '../open-dataset.ts'
import { startTraining } from '../run-training.ts'
import { checkTrackers } from '../track-training.ts'

export const trainCommand = defineCommand({
  arguments: {},
  options: {
    profile: {
      type: 'boolean',
      description: 'Trace the first steps by operator, as PROFILE=1 does.',
    },
    name: {
      type: 'string',
      description: "Stands in the run's id instead of the model type.",
      placeholder: 'NAME',
    },
    multirun: {
      type: 'boolean',
      description: 'Train once for every combination of values: a=1,2 b=x,y.',
      short: 'm',
    },
  },
  overrides: true,
  examples: [
    { command: 'atelier train', does: 'Fashion-MNIST with the default recipe.' },
    { command: 'atelier train data=sketch', does: 'The embedded data, offline.' },
    {
      command: 'atelier train hyperparameters.epochs=10 model.type=mlp seed=7',
      does: 'Change settings by key.',
    },
    { command: 'atelier train recipe=original', does: 'The settings of the Python original.' },
    {
      command: 'atelier train -m model.type=cnn,mlp seed=1,2,3',
      does: 'Six runs, one after the other, and a table.',
    },
  ],
  async run(context, { options, overrides }) {
    const { multirun, jobs } = await loadJobs(context, overrides, options.multirun)
    if (multirun) {
      await runJobs(context, jobs, (jobContext, job, number) =>
        trainOnce(jobContext, options, job, number),
      )
    } else await trainOnce(context, options, overrides)
  },
})

interface TrainingOptions {
  readonly name: string | undefined
  readonly profile: boolean
}

/** One run, from its overrides to its result. `job` is its number in a multirun. */
async function trainOnce(
  context: CommandContext,
  options: TrainingOptions,
  overrides: readonly string[],
  job?: number,
): Promise<TrainResult> {
  const { config, yaml, provenance } = (await loadConfig(context, overrides, job)).training
  const dataset = await openOrPrepareDataset(config.data, context)
  const { name, digest } = dataset.manifest
  context.signal.throwIfAborted()
  checkTrackers(context, config)
  // before there is a folder: a model that cannot be built is no run
  const parameters = modelSize(config, dataset.manifest)
  const run = await createRun(resolve(context.cwd, config.paths.runs), {
    config,
    configYaml: yaml,
    overrides,
    provenance,
    dataset: { name, digest },
    parameters,
    project: config.tracking.project,
    command: ['train', ...choiceWords(context.config), ...overrides],
    libraries: await libraryVersions(context.packageRoot),
    name: options.name,
    sweep: sweepTrial(context.env),
    clock: context.clock,
  })
  return startTraining(context, { run, config, dataset, profile: options.profile, publish: true })
}
