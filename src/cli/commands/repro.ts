import { AtelierError } from '../../core/index.ts'
import {
  openPipelines,
  type PipelineNode,
  type PipelineProject,
  reproduce,
  type StageOutcome,
  selectNodes,
} from '../../versioning/index.ts'
import { defineCommand } from '../command.ts'
import { type CommandContext, printResult } from '../context.ts'
import { withDataRepository } from '../data/with-data-repository.ts'
import { outcomesText, tellEvent } from '../pipeline/repro-text.ts'
import { stageEnvironment } from '../pipeline/stage-environment.ts'

export const reproCommand = defineCommand({
  arguments: {
    targets: {
      description:
        'Stages, outputs or dvc.yaml files, with all they need. The dvc.yaml here when left out.',
      variadic: true,
    },
  },
  options: {
    force: {
      type: 'boolean',
      short: 'f',
      description: 'Run the commands even when nothing changed.',
    },
    dry: { type: 'boolean', description: 'Say what would be run, and run nothing.' },
    singleItem: {
      type: 'boolean',
      short: 's',
      description: 'Only the targets, not what they need.',
    },
    downstream: { type: 'boolean', description: 'The targets and what comes after them.' },
    forceDownstream: {
      type: 'boolean',
      description:
        'What comes after a stage that ran, runs too, even when its inputs are as before.',
    },
    pipeline: {
      type: 'boolean',
      short: 'p',
      description: 'All that is connected with the targets.',
    },
    allPipelines: { type: 'boolean', short: 'P', description: 'Everything in the repository.' },
    noCommit: {
      type: 'boolean',
      description: 'Lock the outputs without taking them into the cache.',
    },
    noRunCache: { type: 'boolean', description: 'Do not look for results of earlier runs.' },
    allowMissing: {
      type: 'boolean',
      description: 'Data that is not there counts as unchanged.',
    },
    keepGoing: {
      type: 'boolean',
      short: 'k',
      description: 'After a failure, go on with what does not need it.',
    },
    ignoreErrors: {
      type: 'boolean',
      short: 'i',
      description: 'After a failure, go on with everything.',
    },
  },
  overrides: false,
  examples: [
    { command: 'atelier repro', does: 'Run what changed, in order.' },
    { command: 'atelier repro evaluate', does: 'One stage, with all it needs.' },
    { command: 'atelier repro --dry', does: 'What would be run?' },
    { command: 'atelier repro -f -s train', does: 'Train again, whatever is known.' },
  ],
  async run(context, { arguments: { targets }, options }) {
    await withDataRepository(context, async (repository) => {
      const project = await openPipelines(repository, context.cwd)
      const nodes = await selectNodes(project, { ...options, targets })
      const env = await stageEnvironment(context, repository.scratch)
      const outcomes = await run({ ...context, env }, project, nodes, options)
      printResult(context, { dry: options.dry, stages: outcomes }, () =>
        outcomesText(outcomes, options.dry),
      )
    })
  },
})

interface RunOptions {
  readonly force: boolean
  readonly dry: boolean
  readonly forceDownstream: boolean
  readonly noCommit: boolean
  readonly noRunCache: boolean
  readonly allowMissing: boolean
  readonly keepGoing: boolean
  readonly ignoreErrors: boolean
}

async function run(
  context: CommandContext,
  { graph, files }: PipelineProject,
  nodes: readonly PipelineNode[],
  options: RunOptions,
): Promise<readonly StageOutcome[]> {
  const { force, dry, forceDownstream, allowMissing, keepGoing, ignoreErrors } = options
  if (keepGoing && ignoreErrors) {
    throw new AtelierError('USAGE', '--keep-going and --ignore-errors exclude each other.')
  }
  return reproduce(nodes, {
    ...{ graph, files, force, dry, forceDownstream, allowMissing },
    commit: !options.noCommit,
    runCache: !options.noRunCache,
    onError: ignoreErrors ? 'ignore' : keepGoing ? 'keep-going' : 'fail',
    env: context.env,
    output: context.json ? 'stderr' : 'stdout',
    signal: context.signal,
    report: (event) => tellEvent(context.logger, event),
  })
}
