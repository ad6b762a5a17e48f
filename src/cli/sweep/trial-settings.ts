import { resolve } from 'node:path'
import type { Config } from '../../contracts/index.ts'
import { digestOf } from '../../core/index.ts'
import type { SweepRequest, TrialJob } from '../../sweeps/index.ts'
import type { CommandContext } from '../context.ts'
import { loadConfig } from '../load-config.ts'
import { openOrPrepareDataset } from '../open-dataset.ts'

export interface TrialSettings {
  readonly config: Config
  readonly overrides: readonly string[]
  /** Digest of the prepared data. */
  readonly dataset: string
  /** Optimizer steps of the whole run. */
  readonly steps: number
  /** Folder of the runs. */
  readonly root: string
}

export type SettingsOf = (job: TrialJob) => Promise<TrialSettings>

/**
 * What a trial is to be trained with. Its data is prepared here, so that no two trials do it at once.
 * `toOverrides` writes parameters as overrides.
 */
export function trialSettings(
  context: CommandContext,
  request: Pick<SweepRequest, 'overrides' | 'threads'>,
  toOverrides: (params: TrialJob['params']) => readonly string[],
): SettingsOf {
  const datasets = new Map<string, Promise<{ digest: string; images: number }>>()
  let last: Promise<unknown> = Promise.resolve()
  const datasetOf = ({ data }: Config) => {
    const key = digestOf(data)
    const known = datasets.get(key)
    if (known !== undefined) return known
    const opened = last.then(() => openOrPrepareDataset(data, context))
    last = opened.catch(() => undefined)
    const summary = opened.then(({ manifest: { digest, splits } }) => ({
      digest,
      images: splits.train.size,
    }))
    datasets.set(key, summary)
    return summary
  }
  return async ({ params, attempt, repeats }) => {
    const threads = request.threads === null ? [] : [`trainer.threads=${request.threads}`]
    const base = [...threads, ...request.overrides, ...toOverrides(params)]
    const first = await loadConfig(context, base)
    const seed = repeats === 1 ? [] : [`seed=${first.config.seed + attempt.repeat}`]
    const overrides = [...base, ...seed]
    const composed = repeats === 1 ? first : await loadConfig(context, overrides)
    const { config } = composed.training
    const { digest, images } = await datasetOf(config)
    const { batch_size, epochs } = config.hyperparameters
    const steps = Math.ceil(images / Math.min(batch_size, images)) * epochs
    const root = resolve(context.cwd, config.paths.runs)
    return { config, overrides, dataset: digest, steps, root }
  }
}
