import { type ComposedConfig, configKeys } from '../../config/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { loadConfig } from '../load-config.ts'
import { formatTable } from '../table.ts'

export const configCommand = defineCommand({
  arguments: {},
  options: {
    provenance: {
      type: 'boolean',
      description: 'Show for each value the file and line, or the override, that set it.',
    },
    keys: { type: 'boolean', description: 'List every key with its type and meaning.' },
  },
  overrides: true,
  examples: [
    { command: 'atelier config', does: 'The configuration of a plain `atelier train`.' },
    { command: 'atelier config recipe=original --provenance', does: 'What a recipe changes.' },
    { command: 'atelier config --keys', does: 'All keys that an override can set.' },
  ],
  async run(context, { options, overrides }) {
    if (options.keys) {
      const keys = configKeys()
      printResult(context, keys, () =>
        formatTable(
          [{ title: 'key' }, { title: 'type' }, { title: 'meaning' }],
          keys.map(({ key, type, description }) => [key, type, description]),
        ),
      )
      return
    }
    const composed = await loadConfig(context, overrides)
    if (options.provenance) {
      printResult(context, composed.provenance, () => provenanceTable(composed))
    } else {
      printResult(context, composed.config, () => composed.yaml)
    }
  },
})

function provenanceTable({ provenance }: ComposedConfig): string {
  return formatTable(
    [{ title: 'key' }, { title: 'value' }, { title: 'set by' }],
    provenance.map(({ key, value, origin }) => [key, shorten(JSON.stringify(value)), origin]),
  )
}

const shorten = (text: string) => (text.length > 40 ? `${text.slice(0, 39)}…` : text)
