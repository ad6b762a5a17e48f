import { type DataDifference, diffData } from '../../versioning/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { withDataRepository } from '../data/with-data-repository.ts'

export const dataDiffCommand = defineCommand({
  arguments: {
    from: { description: 'A commit, branch or tag; HEAD when left out.' },
    to: { description: 'Another one; the workspace when left out.' },
  },
  options: {},
  overrides: false,
  examples: [
    { command: 'atelier data diff', does: 'What changed since the last commit.' },
    { command: 'atelier data diff v1 v2', does: 'What differs between two versions.' },
  ],
  async run(context, { arguments: { from = 'HEAD', to } }) {
    await withDataRepository(context, async (repository) => {
      const differences = await diffData(repository, from, to)
      printResult(context, { differences }, () =>
        differences.length === 0 ? 'No difference.' : differences.map(differenceText).join('\n'),
      )
    })
  },
})

const LETTERS = { added: 'A', modified: 'M', deleted: 'D' } as const

function differenceText({ path, state, changes }: DataDifference): string {
  const files = changes && [
    ...changes.added.map((name) => `    A ${name}`),
    ...changes.modified.map((name) => `    M ${name}`),
    ...changes.deleted.map((name) => `    D ${name}`),
  ]
  return [`${LETTERS[state]} ${path}`, ...(files ?? [])].join('\n')
}
