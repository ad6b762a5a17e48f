import { AtelierError } from '../../core/index.ts'
import { collectGarbage } from '../../versioning/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { withDataRepository } from '../data/with-data-repository.ts'
import { formatBytes } from '../run-cells.ts'

export const dataGcCommand = defineCommand({
  arguments: {},
  options: {
    workspace: { type: 'boolean', short: 'w', description: 'Keeps what the workspace names.' },
    allBranches: { type: 'boolean', short: 'a', description: 'And what any branch names.' },
    allTags: { type: 'boolean', short: 'T', description: 'And what any tag names.' },
    allCommits: { type: 'boolean', short: 'A', description: 'And what any commit names.' },
    cloud: { type: 'boolean', short: 'c', description: 'Deletes on the remote, too.' },
    remote: {
      type: 'string',
      short: 'r',
      placeholder: 'NAME',
      description: 'A remote in place of the default one.',
    },
    dryRun: { type: 'boolean', short: 'n', description: 'Only says what would go.' },
    force: {
      type: 'boolean',
      short: 'f',
      description: 'Goes on when it is not known what some directories hold.',
    },
  },
  overrides: false,
  examples: [
    { command: 'atelier data gc --all-commits --dry-run', does: 'What nothing in git names.' },
    { command: 'atelier data gc --workspace', does: 'Keeps only the present versions.' },
  ],
  async run(context, { options }) {
    const { workspace, allBranches, allTags, allCommits, dryRun } = options
    if (!workspace && !allBranches && !allTags && !allCommits) {
      throw new AtelierError('USAGE', 'It is not said what is to be kept.', {
        hint: 'Name --workspace, --all-branches, --all-tags or --all-commits; --dry-run deletes nothing.',
      })
    }
    await withDataRepository(context, async (repository) => {
      const result = await collectGarbage(repository, options)
      printResult(context, result, () => {
        const { objects, bytes, remoteObjects } = result
        const there = options.cloud ? `, ${remoteObjects} on the remote` : ''
        const done = dryRun ? 'would be deleted' : 'deleted'
        return `${objects} objects (${formatBytes(bytes)}) ${done}${there}.`
      })
    })
  },
})
