import { openPipelines, type PipelineNode, selectNodes } from '../../versioning/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { withDataRepository } from '../data/with-data-repository.ts'
import { stageSummary } from '../pipeline/stage-summary.ts'

export const stageListCommand = defineCommand({
  arguments: {
    targets: {
      description: 'Stages or dvc.yaml files. The dvc.yaml here when left out.',
      variadic: true,
    },
  },
  options: {
    all: { type: 'boolean', description: 'Of all dvc.yaml files of the repository.' },
    nameOnly: { type: 'boolean', description: 'Names alone.' },
  },
  overrides: false,
  examples: [{ command: 'atelier stage list', does: 'Each stage, and what it makes.' }],
  async run(context, { arguments: { targets }, options: { all, nameOnly } }) {
    await withDataRepository(context, async (repository) => {
      const project = await openPipelines(repository, context.cwd)
      const nodes = all
        ? project.graph.nodes
        : await selectNodes(project, { targets, singleItem: true })
      const stages = nodes.filter((node) => node.kind === 'stage').map(rowOf)
      const width = Math.max(0, ...stages.map(({ name }) => name.length))
      printResult(context, { stages }, () =>
        stages
          .map(({ name, does }) => (nameOnly ? name : `${name.padEnd(width)}  ${does}`))
          .join('\n'),
      )
    })
  },
})

function rowOf({ address, stage }: Extract<PipelineNode, { kind: 'stage' }>) {
  return { name: address, does: stageSummary(stage), frozen: stage.frozen, command: stage.command }
}
