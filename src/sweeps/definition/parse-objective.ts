import { z } from 'zod'
import type { ConfigNode } from '../../config/index.ts'
import type { Hyperband, Impute, SweepMetric } from './sweep-file.ts'
import { entriesOf, optionalReader, sweepProblem } from './sweep-problem.ts'
import { count, number, oneOf, text } from './value-schemas.ts'

const GOALS = ['minimize', 'maximize'] as const
const IMPUTES = ['worst', 'best', 'latest'] as const

/** The `metric` of a sweep file. */
export function parseMetric(node: ConfigNode): SweepMetric {
  const keys = ['name', 'goal', 'target', 'impute', 'impute_while_running']
  const entries = entriesOf(node, 'metric', keys)
  const read = optionalReader(entries, 'metric')
  const name = read('name', text)
  if (name === undefined) throw sweepProblem(node, 'metric', "needs 'name'")
  // YAML makes the `false` that the key wants a boolean
  const running = read('impute_while_running', oneOf([...IMPUTES, 'false']).or(z.literal(false)))
  return {
    name,
    goal: read('goal', oneOf(GOALS)) ?? 'minimize',
    target: read('target', number),
    impute: read('impute', oneOf(IMPUTES)) ?? 'worst',
    imputeWhileRunning: running === false || running === 'false' ? undefined : (running as Impute),
  }
}

/** The `early_terminate` of a sweep file. */
export function parseHyperband(node: ConfigNode): Hyperband {
  const keys = ['type', 'min_iter', 'max_iter', 's', 'eta', 'strict']
  const entries = entriesOf(node, 'early_terminate', keys)
  const read = optionalReader(entries, 'early_terminate')
  const type = read('type', oneOf(['hyperband']))
  const minIter = read('min_iter', count)
  const maxIter = read('max_iter', count)
  const s = read('s', count)
  if (type === undefined) throw sweepProblem(node, 'early_terminate', "needs 'type: hyperband'")
  if (maxIter === undefined ? minIter === undefined : s === undefined) {
    throw sweepProblem(node, 'early_terminate', "needs 'min_iter', or 'max_iter' with 's'")
  }
  const eta = read('eta', number.gt(1, 'a number above 1')) ?? 3
  if (maxIter !== undefined && maxIter / eta < 1) {
    const problem = `has no band: max_iter ${maxIter} divided by eta ${eta} is less than 1`
    throw sweepProblem(node, 'early_terminate', problem)
  }
  const strict = read('strict', z.boolean('true or false')) ?? true
  return { type, minIter, maxIter, s, eta, strict }
}
