import type { Config } from '../../contracts/index.ts'
import { digestOf } from '../../core/index.ts'
import { listRuns, type Run } from '../../tracking/index.ts'

/** Complete runs by what decides their result. */
export interface FinishedRuns {
  find(config: Config, dataset: string): Promise<Run | undefined>
  add(run: Run): void
}

/** Those in `root`, which is read at the first question, and those that are added. */
export function finishedRuns(root: string): FinishedRuns {
  const known = new Map<string, Run>()
  let loading: Promise<void> | undefined
  const add = (run: Run) => {
    const { record } = run
    if (record.status !== 'completed' || record.dataset === null) return
    known.set(keyOf(record.config_digest, record.dataset.digest), run)
  }
  // oldest first: the newest of equals is the one that is kept
  const load = async () => (await listRuns(root)).reverse().forEach(add)
  return {
    add,
    find: async (config, dataset) => {
      loading ??= load()
      await loading
      return known.get(keyOf(digestOf(config), dataset))
    },
  }
}

const keyOf = (config: string, dataset: string) => `${config} ${dataset}`
