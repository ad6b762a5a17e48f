import { dataStatus, type OutputStatus } from '../../versioning/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { withDataRepository } from '../data/with-data-repository.ts'

export const dataStatusCommand = defineCommand({
  arguments: {
    targets: { description: 'Tracked data or .dvc files; all when left out.', variadic: true },
  },
  options: {},
  overrides: false,
  examples: [{ command: 'atelier data status', does: 'What differs from the .dvc files.' }],
  async run(context, { arguments: { targets } }) {
    await withDataRepository(context, async (repository) => {
      const outputs = await dataStatus(repository, targets, context.cwd)
      printResult(context, { outputs }, () => statusText(outputs))
    })
  },
})

function statusText(outputs: readonly OutputStatus[]): string {
  if (outputs.length === 0) return 'Nothing is tracked yet: atelier data add PATH.'
  const changed = outputs.filter(({ state }) => state !== 'up to date')
  if (changed.length === 0) return 'Data is up to date.'
  return changed.map(outputText).join('\n')
}

const SHOWN = 20

function outputText({ path, state, changes }: OutputStatus): string {
  const head = `${`${state}:`.padEnd(14)}${path}`
  if (changes === undefined) return head
  const lines = [
    ...changes.added.map((name) => `    new:      ${name}`),
    ...changes.modified.map((name) => `    modified: ${name}`),
    ...changes.deleted.map((name) => `    deleted:  ${name}`),
  ]
  const more = lines.length > SHOWN ? [`    and ${lines.length - SHOWN} more`] : []
  return [head, ...lines.slice(0, SHOWN), ...more].join('\n')
}
