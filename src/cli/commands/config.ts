import { type ComposedConfig, configGroups, configKeys, keysBelow } from '../../config/index.ts'
import { defineCommand } from '../command.ts'
import { type CommandContext, printResult } from '../context.ts'
import { composeOptions, loadConfig } from '../load-config.ts'
import { formatTable } from '../table.ts'

export const configCommand = defineCommand({
  arguments: { key: { description: 'With --keys: only this key, or those below it.' } },
  options: {
    provenance: {
      type: 'boolean',
      description: 'Show for each value the file and line, or the override, that set it.',
    },
    keys: { type: 'boolean', description: 'List the keys with their types and meanings.' },
    groups: { type: 'boolean', description: 'List the groups and their options.' },
  },
  overrides: true,
  examples: [
    { command: 'atelier config', does: 'The configuration of a plain `atelier train`, checked.' },
    { command: 'atelier config recipe=original --provenance', does: 'What a recipe changes.' },
    { command: 'atelier config --keys optimizer', does: 'The keys that an override can set.' },
    {
      command: 'atelier config --groups',
      does: 'What there is to choose: recipe=fast, model=mlp.',
    },
  ],
  async run(context, { arguments: { key }, options, overrides }) {
    if (options.keys || key !== undefined) return printKeys(context, key)
    if (options.groups) return printGroups(context)
    const composed = await loadConfig(context, overrides)
    if (options.provenance) {
      printResult(context, composed.provenance, () => provenanceTable(composed))
    } else {
      printResult(context, composed.config, () => composed.yaml)
    }
  },
})

function printKeys(context: CommandContext, prefix: string | undefined): void {
  const keys = prefix === undefined ? configKeys() : keysBelow(prefix)
  printResult(context, keys, () =>
    formatTable(
      [{ title: 'key' }, { title: 'type' }, { title: 'meaning' }],
      keys.map(({ key, type, description }) => [key, type, description]),
    ),
  )
}

async function printGroups(context: CommandContext): Promise<void> {
  const groups = await configGroups(composeOptions(context))
  printResult(context, groups, () =>
    formatTable(
      [{ title: 'group' }, { title: 'options' }],
      groups.map(({ group, options }) => [group, options.join(', ')]),
    ),
  )
}

function provenanceTable({ provenance }: ComposedConfig): string {
  return formatTable(
    [{ title: 'key' }, { title: 'value' }, { title: 'set by' }],
    provenance.map(({ key, value, origin }) => [key, shorten(JSON.stringify(value)), origin]),
  )
}

const shorten = (text: string) => (text.length > 40 ? `${text.slice(0, 39)}…` : text)
