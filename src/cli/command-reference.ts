import type { Command, CommandEntry } from './command.ts'
import { argumentRows, commandUsage, GLOBAL_OPTIONS, optionRows, type Row } from './command-help.ts'
import { configOptions } from './config-options.ts'

const INTRO = `# Commands

Made from the table of commands, which \`atelier COMMAND --help\` shows as well. In a checkout write \`npx atelier …\`.

- \`[X]\` may be left out, \`X…\` may be given several times. \`KEY=VALUE\` are overrides of the [configuration](config.md).
- Results go to standard output; progress, notes and errors to standard error. Exit codes and the codes of errors: [errors](errors.md).
`

/** Every command with its arguments, options and examples, as the Markdown page \`docs/cli.md\`. */
export async function commandReference(entries: readonly CommandEntry[]): Promise<string> {
  const commands = await Promise.all(
    entries.map(async (entry) => commandPart(entry, await entry.load())),
  )
  const overview = entries.map(
    ({ name, summary }): Row => [`[\`${name}\`](#${anchorOf(name)})`, cell(summary)],
  )
  return [
    INTRO,
    table('command', 'does', overview),
    '## Options of every command\n',
    table('option', 'does', GLOBAL_OPTIONS.map(codeRow)),
    'Of every command that takes `KEY=VALUE`, as Hydra has them:\n',
    table('option', 'does', optionRows(configOptions).map(codeRow)),
    ...commands,
  ].join('\n')
}

function commandPart(entry: CommandEntry, command: Command): string {
  const parameters = argumentRows(command).filter(([name]) => name !== 'KEY=VALUE')
  const options = optionRows(command.options)
  return [
    `## atelier ${entry.name}\n`,
    `${entry.summary}\n`,
    `\`\`\`text\n${commandUsage(entry, command)}\n\`\`\`\n`,
    ...(parameters.length === 0 ? [] : [table('argument', 'is', parameters.map(codeRow))]),
    ...(options.length === 0 ? [] : [table('option', 'does', options.map(codeRow))]),
    table(
      'example',
      'does',
      command.examples.map(({ command: line, does }) => codeRow([line, does])),
    ),
  ].join('\n')
}

/** What GitHub makes of the heading. */
function anchorOf(name: string): string {
  return `atelier-${name.replaceAll(' ', '-')}`
}

function table(left: string, right: string, rows: readonly Row[]): string {
  const lines = rows.map(([name, meaning]) => `| ${name} | ${meaning} |`)
  return `| ${left} | ${right} |\n|---|---|\n${lines.join('\n')}\n`
}

function codeRow([name, meaning]: Row): Row {
  return [`\`${cell(name)}\``, cell(meaning).replaceAll('<', '&lt;')]
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
