import { type ChangedStage, freezeStage } from '../../versioning/index.ts'
import { type CommandContext, printResult } from '../context.ts'
import { withDataRepository } from '../data/with-data-repository.ts'

export const stageTargets = {
  targets: {
    description: 'Stages: NAME, or FOLDER/dvc.yaml:NAME.',
    required: true,
    variadic: true,
  },
} as const

/** Sets `frozen` of stages, or takes it away. */
export async function freezeStages(
  context: CommandContext,
  targets: readonly string[],
  frozen: boolean,
): Promise<void> {
  await withDataRepository(context, async (repository) => {
    const stages: ChangedStage[] = []
    for (const target of targets) {
      stages.push(await freezeStage(repository, context.cwd, target, frozen))
    }
    printResult(context, { stages }, () =>
      stages
        .map(({ name, change }) => {
          const state = frozen ? 'frozen' : 'not frozen'
          return change === 'unchanged' ? `${name} was ${state} already` : `${name} is ${state}`
        })
        .join('\n'),
    )
  })
}
