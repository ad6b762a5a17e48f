import {
  type CloudStatus,
  dataCloudStatus,
  dataStatus,
  type OutputStatus,
  requirePushed,
} from '../../versioning/index.ts'
import { defineCommand } from '../command.ts'
import { type CommandContext, printResult } from '../context.ts'
import { transferArguments, transferOptions } from '../data/transfer-options.ts'
import { withDataRepository } from '../data/with-data-repository.ts'

export const dataStatusCommand = defineCommand({
  arguments: transferArguments,
  options: {
    cloud: {
      type: 'boolean',
      short: 'c',
      description: 'Compares with the remote; exit code 1 when it lacks something.',
    },
    ...transferOptions,
  },
  overrides: false,
  examples: [
    { command: 'atelier data status', does: 'What differs from the .dvc files.' },
    {
      command: 'atelier data status --cloud',
      does: 'For CI and hooks: fails when a .dvc file names data that nobody can pull.',
    },
  ],
  async run(context, { arguments: { targets }, options: { cloud, remote } }) {
    if (cloud || remote !== undefined) return cloudStatus(context, targets, remote)
    await withDataRepository(context, async (repository) => {
      const outputs = await dataStatus(repository, targets, context.cwd)
      printResult(context, { outputs }, () => statusText(outputs))
    })
  },
})

async function cloudStatus(
  context: CommandContext,
  targets: readonly string[],
  remote: string | undefined,
): Promise<void> {
  await withDataRepository(context, async (repository) => {
    const outputs = await dataCloudStatus(repository, targets, context.cwd, { remote })
    printResult(context, { outputs }, () => cloudText(outputs))
    requirePushed(outputs)
  })
}

function cloudText(outputs: readonly CloudStatus[]): string {
  const lacking = outputs.filter(({ unpushed, lost }) => unpushed + lost > 0)
  if (lacking.length === 0) return 'Cache and remote are in sync.'
  return lacking
    .map(({ path, remote, unpushed, lost }) => {
      const gone = lost === 0 ? '' : `, of these ${lost} in the cache neither`
      return `${path}: ${unpushed + lost} objects are not on '${remote}'${gone}`
    })
    .join('\n')
}

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
