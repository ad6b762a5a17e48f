import { z } from 'zod'
import { type ConfigNode, parseYaml, resolvePyYamlScalar } from '../../config/index.ts'
import type { Distribution } from './distribution.ts'
import { parseHyperband, parseMetric } from './parse-objective.ts'
import { parseParameters } from './parse-parameters.ts'
import type { SweepFile, SweepParameter } from './sweep-file.ts'
import { type Entries, entriesOf, optionalReader, sweepProblem } from './sweep-problem.ts'
import { count, number, oneOf, text } from './value-schemas.ts'

const METHODS = ['grid', 'random', 'bayes'] as const
/** Kinds of parameters that a grid can list. */
const LISTABLE: readonly string[] = ['constant', 'categorical', 'int_uniform', 'q_uniform']
/** Of one parameter of a grid. */
const MOST_VALUES = 100_000

const words = z
  .array(z.union([text, number, z.boolean()], 'a text'), 'a list of words')
  .min(1, 'a list of at least one word')

/** Keys that ask for W&B's own services. They are read over, and said to be. */
const WITHOUT_EFFECT = [
  'kind',
  'apiVersion',
  'controller',
  'job',
  'image_uri',
  'scheduler',
] as const
const KEYS = [
  'program',
  'method',
  'metric',
  'parameters',
  'early_terminate',
  'run_cap',
  'repeats',
  'command',
  'name',
  'description',
  'project',
  'entity',
  ...WITHOUT_EFFECT,
]

/**
 * Reads a W&B sweep file. `path` is for messages. Throws CONFIG_SYNTAX for text that is not YAML, and
 * SWEEP_INVALID, naming key, line and the nearest key there is, for what a sweep cannot have.
 */
export function parseSweep(source: string, path: string): SweepFile {
  const root = parseYaml(source, path, resolvePyYamlScalar)
  const entries = entriesOf(root, 'the sweep file', KEYS)
  const read = optionalReader(entries, '')
  const parse = <T>(key: string, parser: (node: ConfigNode) => T): T | undefined => {
    const node = entries.get(key)
    return node === undefined ? undefined : parser(node)
  }
  const method = read('method', oneOf(METHODS))
  const parameters = parse('parameters', parseParameters)
  if (method === undefined || parameters === undefined) {
    const missing = method === undefined ? 'method' : 'parameters'
    throw sweepProblem(root, 'the sweep file', `needs '${missing}'`)
  }
  const metric = parse('metric', parseMetric)
  const sweep: SweepFile = {
    path,
    method,
    metric,
    parameters,
    earlyTerminate: parse('early_terminate', parseHyperband),
    runCap: read('run_cap', count),
    repeats: read('repeats', count) ?? 1,
    program: read('program', text),
    command: read('command', words)?.map(String),
    name: read('name', text),
    description: read('description', text),
    project: read('project', text),
    entity: read('entity', text),
    warnings: [
      ...WITHOUT_EFFECT.filter((key) => entries.has(key)).map(
        (key) => `${key} has no effect here.`,
      ),
      ...parameters.flatMap(exponentWarning),
    ],
  }
  checkTogether(sweep, entries)
  return sweep
}

function checkTogether(
  { method, metric, earlyTerminate, parameters }: SweepFile,
  entries: Entries,
): void {
  if (metric === undefined && method === 'bayes') {
    throw sweepProblem(entries.get('method')!, 'method', "is bayes, which needs 'metric'")
  }
  if (metric === undefined && earlyTerminate !== undefined) {
    throw sweepProblem(entries.get('early_terminate')!, 'early_terminate', "needs 'metric'")
  }
  const node = entries.get('parameters')!
  if (method === 'grid') refuseUnlistable(node, parameters)
  if (method === 'bayes' && parameters.every(({ distribution: { type } }) => type === 'constant')) {
    const hint = 'Give at least one parameter values or bounds.'
    throw sweepProblem(node, 'parameters', 'are all constant', hint)
  }
}

function refuseUnlistable(node: ConfigNode, parameters: readonly SweepParameter[]): void {
  for (const { path, distribution, line } of parameters) {
    const problem = unlistable(distribution)
    if (problem === undefined) continue
    const origin = node.origin.kind === 'file' ? { ...node.origin, line } : node.origin
    const hint = 'A grid takes value, values, whole-number min and max, and q_uniform.'
    throw sweepProblem({ ...node, origin }, `parameters.${path.join('.')}`, problem, hint)
  }
}

function unlistable(distribution: Distribution): string | undefined {
  const { type } = distribution
  if (!LISTABLE.includes(type)) return `is ${type}, which a grid cannot list`
  if (!('min' in distribution)) return undefined
  const step = 'q' in distribution ? distribution.q : 1
  const count = Math.ceil((distribution.max - distribution.min) / step)
  return count > MOST_VALUES ? `has ${count} values, more than a grid can list` : undefined
}

/** W&B itself refuses these by now, because their bounds are so often meant as values. */
function exponentWarning({ path, distribution: { type } }: SweepParameter): string[] {
  if (!/^(?:q_|inv_)?log_uniform$/.test(type)) return []
  const name = path.join('.')
  return [`${name}: the bounds of ${type} are exponents of e; ${type}_values takes values.`]
}
