import { AtelierError, nearestName } from '../core/index.ts'
import type { SweepFile, SweepMetric, SweepParameter } from './definition/sweep-file.ts'

/** Names of the Python original, and what they are here. */
const PARAMETERS: Readonly<Record<string, string>> = {
  lr: 'hyperparameters.learning_rate',
  learning_rate: 'hyperparameters.learning_rate',
  batch_size: 'hyperparameters.batch_size',
  epochs: 'hyperparameters.epochs',
  model: 'model.type',
  model_type: 'model.type',
}
const PROGRAMS: readonly string[] = [
  'fashionmnist_classification_mlops.sweep_runner',
  'fashionmnist_classification_mlops.train',
  'atelier',
]
/** What our own training logs that a sweep can go by. */
const METRICS = [
  'val.accuracy',
  'val.loss',
  'train.accuracy',
  'train.loss',
  'batch.loss',
  'batch.accuracy',
  'images_per_second',
] as const
const SPLITS: Readonly<Record<string, string>> = {
  val: 'val',
  valid: 'val',
  validation: 'val',
  test: 'test',
  train: 'train',
  training: 'train',
}
const QUANTITIES: Readonly<Record<string, string>> = {
  acc: 'accuracy',
  accuracy: 'accuracy',
  loss: 'loss',
}

export interface AliasedSweep {
  /** With the names of our own configuration and metrics, where it is our training that is swept. */
  readonly sweep: SweepFile
  /** False: the file names a program of its own, which gets the parameters as they are. */
  readonly isOwnTraining: boolean
  /** All that the user is to be told, the file's own warnings included. */
  readonly warnings: readonly string[]
}

/**
 * Reads a sweep file of the Python original, or of W&B, as one of ours. Nothing may be chosen on the
 * test split: such a metric becomes that of the validation split with a warning, or SWEEP_TEST_METRIC
 * where `strict`. Throws SWEEP_INVALID for a metric that our training does not log.
 */
export function applyAliases(
  sweep: SweepFile,
  { strict = false }: { readonly strict?: boolean } = {},
): AliasedSweep {
  const isOwnTraining = isOwn(sweep)
  const renamed = isOwnTraining ? { ...sweep, parameters: renameAll(sweep) } : sweep
  const { metric, warnings } = aliasMetric(sweep, isOwnTraining, strict)
  return {
    sweep: { ...renamed, metric },
    isOwnTraining,
    warnings: [...sweep.warnings, ...warnings],
  }
}

/** `src/package/module.py` and `package.module` are the same program. */
function isOwn({ program, command }: SweepFile): boolean {
  if (program === undefined) return command === undefined
  const module = program.replace(/^(?:\.\/)?(?:src\/)?/, '').replace(/\.py$/, '')
  return PROGRAMS.includes(module.replaceAll('/', '.'))
}

function renameAll({ parameters, path }: SweepFile): SweepParameter[] {
  const renamed = parameters.map((parameter) => {
    const key = parameter.path.join('.')
    return { ...parameter, path: (PARAMETERS[key] ?? key).split('.') }
  })
  const seen = new Map<string, SweepParameter>()
  for (const [index, { path: names, line }] of renamed.entries()) {
    const key = names.join('.')
    if (seen.has(key)) {
      const given = parameters[index]!.path.join('.')
      throw invalid(`${path}:${line}: parameters.${given} sets ${key}, which is set already.`)
    }
    seen.set(key, renamed[index]!)
  }
  return renamed
}

interface AliasedMetric {
  readonly metric: SweepMetric | undefined
  readonly warnings: readonly string[]
}

function aliasMetric(
  { metric, path }: SweepFile,
  isOwnTraining: boolean,
  strict: boolean,
): AliasedMetric {
  if (metric === undefined) return { metric, warnings: [] }
  const name = isOwnTraining ? ownMetric(metric.name, path) : metric.name
  if (!isTestMetric(name)) return { metric: { ...metric, name }, warnings: [] }
  const better = name.replace(/^test\./, 'val.')
  if (strict) {
    const message = `${path}: the metric '${metric.name}' is of the test split, on which nothing may be chosen.`
    const hint = isOwnTraining ? `Write '${better}'.` : 'Log and name a validation metric.'
    throw new AtelierError('SWEEP_TEST_METRIC', message, { hint, data: { metric: metric.name } })
  }
  if (!isOwnTraining) {
    const warning = `The metric '${metric.name}' seems to be of the test split: what it chooses is not tested any more.`
    return { metric, warnings: [warning] }
  }
  const warning = `The metric '${metric.name}' is of the test split; '${better}' is taken instead.`
  return { metric: { ...metric, name: better }, warnings: [warning] }
}

const isTestMetric = (name: string) => /(?:^|[^a-z])test(?:$|[^a-z])/i.test(name)

/** `epoch/test_acc`, `test/accuracy` and `test.accuracy` are all `test.accuracy`. */
function ownMetric(name: string, file: string): string {
  const parts = name.split(/[/._]/).filter((part) => part !== 'epoch')
  const [split, quantity] = parts
  const known: readonly string[] = METRICS
  const dotted = name.replaceAll('/', '.')
  if (known.includes(dotted)) return dotted
  if (parts.length === 2 && split! in SPLITS && quantity! in QUANTITIES) {
    return `${SPLITS[split!]}.${QUANTITIES[quantity!]}`
  }
  const nearest = nearestName(dotted, METRICS)
  throw invalid(
    `${file}: metric.name is '${name}', which training does not log.`,
    nearest ? `Did you mean '${nearest}'?` : `There are: ${METRICS.join(', ')}.`,
  )
}

const invalid = (message: string, hint?: string) =>
  new AtelierError('SWEEP_INVALID', message, hint === undefined ? {} : { hint })
