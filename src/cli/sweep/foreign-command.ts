import { join } from 'node:path'
import { stringify } from 'yaml'
import { AtelierError, writeFileAtomic } from '../../core/index.ts'
import type { Sweep, TrialJob } from '../../sweeps/index.ts'
import type { Environment } from '../context.ts'
import type { SweepDefinition } from './definition.ts'

/** Of seeds where the parameters name none. */
const FIRST_SEED = 42

/**
 * The command of a trial and what W&B's agent sets in its environment: programs written for it find
 * their parameters in a file. With several seeds, `seed` is one of the parameters.
 */
export function foreignCommand(
  sweep: Sweep,
  { commandOf }: NonNullable<SweepDefinition['foreign']>,
) {
  const { id } = sweep.state.request
  return async (job: TrialJob) => {
    const { repeat } = job.attempt
    const base = typeof job.params['seed'] === 'number' ? job.params['seed'] : FIRST_SEED
    const params = job.repeats === 1 ? job.params : { ...job.params, seed: base + repeat }
    const run = `${id}-${job.trial}${job.repeats === 1 ? '' : `-${repeat}`}`
    const file = join(sweep.folder, 'params', `config-${run}.yaml`)
    const entries = Object.entries(params).map(([name, value]) => [name, { value }])
    await writeFileAtomic(
      file,
      stringify({ wandb_version: 1, ...Object.fromEntries(entries) }, { version: '1.1' }),
    )
    const json = join(sweep.folder, 'params', `${run}.json`)
    await writeFileAtomic(json, JSON.stringify(params))
    const [program, ...args] = commandOf(params, json)
    if (program === undefined) {
      throw new AtelierError('SWEEP_INVALID', 'The command of the sweep file is empty.')
    }
    const env: Environment = {
      WANDB_SWEEP_ID: id,
      WANDB_RUN_ID: run,
      WANDB_SWEEP_PARAM_PATH: file,
    }
    return { command: [program, ...args] as const, env }
  }
}
