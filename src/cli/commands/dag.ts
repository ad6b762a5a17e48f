import { openPipelines, selectNodes } from '../../versioning/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { withDataRepository } from '../data/with-data-repository.ts'
import { dotText, type GraphPart, mermaidText, treeText } from '../pipeline/dag-text.ts'

export const dagCommand = defineCommand({
  arguments: {
    target: { description: 'A stage, with all it needs. Every stage when left out.' },
  },
  options: {
    dot: { type: 'boolean', description: 'For Graphviz.' },
    mermaid: { type: 'boolean', description: 'For Markdown.' },
  },
  overrides: false,
  examples: [
    { command: 'atelier dag', does: 'Which stage needs which.' },
    { command: 'atelier dag evaluate --mermaid', does: 'As a diagram for a README.' },
  ],
  async run(context, { arguments: { target }, options }) {
    await withDataRepository(context, async (repository) => {
      const project = await openPipelines(repository, context.cwd)
      const targets = target === undefined ? [] : [target]
      const nodes = await selectNodes(project, { targets, allPipelines: target === undefined })
      const parts: GraphPart[] = nodes.map((node) => ({
        address: node.address,
        needs: project.graph.before(node).map(({ address }) => address),
      }))
      printResult(context, { stages: parts }, () =>
        options.dot ? dotText(parts) : options.mermaid ? mermaidText(parts) : treeText(parts),
      )
    })
  },
})
