import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { composeConfig } from '../../src/config/index.ts'
import type { Config } from '../../src/contracts/index.ts'
import { silentLogger, silentProgress, systemClock } from '../../src/core/index.ts'
import { type Dataset, openConfiguredDataset, prepareDataset } from '../../src/data/index.ts'
import { cautiousTemperature } from '../../src/evaluation/index.ts'
import { createRun, type Run } from '../../src/tracking/index.ts'
import { modelSize, type TrainOptions, trainModel } from '../../src/training/index.ts'

export const packageRoot = resolve(import.meta.dirname, '../..')

/** Small enough for seconds, with an odd last batch, dropout, and a checkpoint in mid-epoch. */
export const SMALL = [
  'data=sketch',
  'data.train=300',
  'data.test=60',
  'data.validation=50',
  'hyperparameters.batch_size=32',
  'hyperparameters.epochs=2',
  'trainer.checkpoint_steps=3',
  'trainer.threads=1',
  'augmentation.flip=0.5',
  'augmentation.shift=1',
  'model.type=mlp',
] as const

export interface Project {
  readonly folder: string
  config(...overrides: readonly string[]): Promise<Config>
  dataset(config: Config): Promise<Dataset>
  run(config: Config): Promise<Run>
  train(config: Config, options?: Partial<TrainOptions>): ReturnType<typeof trainModel>
  remove(): Promise<void>
}

/** A user's project folder, in the system's temporary folder. */
export async function createProject(): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'atelier-project-'))
  const project: Project = {
    folder,
    config: async (...overrides) => {
      const options = { cwd: folder, env: {}, packageConf: join(packageRoot, 'conf') }
      return (await composeConfig([...SMALL, ...overrides], options)).training.config
    },
    dataset: async (config) => {
      const deps = { cwd: folder, env: {}, progress: silentProgress, logger: silentLogger }
      await prepareDataset(config.data, deps)
      return openConfiguredDataset(config.data, folder)
    },
    run: async (config) => {
      const { manifest } = await project.dataset(config)
      const { name, digest } = manifest
      return createRun(join(folder, 'runs'), {
        config,
        overrides: [],
        dataset: { name, digest },
        parameters: modelSize(config, manifest),
        project: 'default',
        command: [],
        libraries: {},
        clock: systemClock,
      })
    },
    train: async (config, options = {}) =>
      trainModel({
        config,
        run: options.run ?? (await project.run(config)),
        dataset: await project.dataset(config),
        ...surroundings,
        ...options,
      }),
    remove: () => rm(folder, { recursive: true }),
  }
  return project
}

export const surroundings = {
  progress: silentProgress,
  logger: silentLogger,
  clock: systemClock,
  fitTemperature: cautiousTemperature,
  producer: 'atelier test',
}
