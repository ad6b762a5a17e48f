import { createRandom } from '../../core/index.ts'
import type { SweepFile, SweepMethod } from '../definition/sweep-file.ts'
import { bayesPoint } from './bayes-search.ts'
import { nextGridPoint } from './grid.ts'
import { type Draw, randomPoint } from './random-search.ts'
import type { Trial, TrialParams } from './trial.ts'

export interface Sampler {
  /**
   * Parameters of trial number `trials.length`; undefined when the grid is done or `run_cap` reached.
   * The same trials give the same answer, in any process.
   */
  next(trials: readonly Trial[]): TrialParams | undefined
}

type Search = (sweep: SweepFile, trials: readonly Trial[], draw: Draw) => TrialParams | undefined

const SEARCHES: Readonly<Record<SweepMethod, Search>> = {
  grid: nextGridPoint,
  random: (sweep, _, draw) => randomPoint(sweep, draw),
  bayes: bayesPoint,
}

/** Trial n draws from (seed, n) alone, so a sweep that is continued goes on as it would have. */
export function createSampler(sweep: SweepFile, seed: number): Sampler {
  const search = SEARCHES[sweep.method]
  return {
    next: (trials) => {
      if (sweep.runCap !== undefined && trials.length >= sweep.runCap) return undefined
      const random = createRandom(seed, 'sweep', trials.length)
      // the ends are left out: there the quantiles of many distributions are infinite
      return search(sweep, trials, () => (random.uint32() + 0.5) / 2 ** 32)
    },
  }
}

/** Whether some trial is as good as `metric.target` asks for, which ends the sweep. */
export function isTargetReached(
  { metric }: Pick<SweepFile, 'metric'>,
  trials: readonly Trial[],
): boolean {
  if (metric?.target === undefined) return false
  const { goal, target } = metric
  const values = trials.flatMap(({ history, summary }) => [...history, summary ?? NaN])
  return values.some((value) => (goal === 'maximize' ? value >= target : value <= target))
}
