/** The commands that the documents show: blocks marked `sh`, cut as a shell reads them. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { findCommand } from '../../src/cli/find-command.ts'
import { commandTable } from '../../src/cli/index.ts'
import { parseOptions } from '../../src/cli/option-parser.ts'
import { readPositionals } from '../../src/cli/positionals.ts'
import { composeConfig, planJobs } from '../../src/config/index.ts'
import { filesIn, readText } from './repository.ts'
import { packageRoot } from './training-project.ts'

export interface DocCommand {
  readonly file: string
  readonly line: number
  /** Without the comment behind it; with all lines of a document that it takes as input. */
  readonly text: string
}

/** README.md and every page under docs/. */
export const documentFiles: readonly string[] = ['README.md', ...filesIn('docs', '.md')]

const HERE_DOCUMENT = /<<'?(\w+)'?/

/** Every command of a document, in order. */
export function commandsOf(file: string): DocCommand[] {
  const commands: DocCommand[] = []
  let open = false
  let pending: { line: number; text: string; until: string | undefined } | undefined
  for (const [index, line] of readText(file).split('\n').entries()) {
    if (line.startsWith('```')) {
      open = !open && line === '```sh'
      continue
    }
    if (!open) continue
    const text: string =
      pending === undefined
        ? withoutComment(line).trim()
        : pending.until === undefined
          ? `${pending.text} ${withoutComment(line).trim()}`
          : `${pending.text}\n${line}`
    if (text === '') continue
    const first: number = pending?.line ?? index + 1
    const until: string | undefined = pending?.until ?? HERE_DOCUMENT.exec(text)?.[1]
    if (text.endsWith('\\') || (until !== undefined && line.trim() !== until)) {
      pending = { line: first, text: text.replace(/\s*\\$/, ''), until }
      continue
    }
    pending = undefined
    commands.push({ file, line: first, text })
  }
  return commands
}

/** A line without its comment; a `#` in quotes or within a word is none. */
function withoutComment(line: string): string {
  const code = /^(?:'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^\s'"\\]|\s(?!#))*/.exec(line)![0]
  const rest = line.slice(code.length)
  if (rest !== '' && !/^\s*#/.test(rest)) throw new Error(`a quote is left open: ${line}`)
  return /^\s*#/.test(line) ? '' : code
}

/** Simple commands of a line, without variables set before them: what stands between `&&`, `;`, `|` and `do`. */
export function simpleCommands(text: string): string[] {
  const parts = text
    .split('\n')[0]!
    .match(/(?:'[^']*'|"(?:[^"\\]|\\.)*"|\$\([^)]*\)|[^;&|'"$]|\$|&(?!&))+/g)!
  return parts.map((part) =>
    part
      .trim()
      .replace(/^(?:do|then|else)\s+/, '')
      .replace(/^(?:[A-Z_]+=\S* )+/, '')
      .replace(/ \d?>+ .*$/, '')
      .trim(),
  )
}

/** Words of a line with simple quotes, as a shell cuts it. */
function shellWords(line: string): string[] {
  const words = line.matchAll(/(?:'[^']*'|"(?:[^"\\]|\\.)*"|[^\s'"])+/g)
  return [...words].map(([word]) => word.replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2'))
}

/** Throws unless `atelier …` names a command, options that it has, and settings that there are. */
export async function checkAtelierLine(line: string, cwd = '/nonexistent'): Promise<void> {
  const target = findCommand(commandTable, shellWords(line).slice(1))
  if (target.kind !== 'command') throw new Error(`names no command: ${target.kind}`)
  const command = await target.entry.load()
  const { options, words } = parseOptions(target.entry, command, target.rest)
  const { overrides } = readPositionals(command, words)
  const compose = { cwd, env: {}, packageConf: join(packageRoot, 'conf') }
  const { jobs } = await planJobs(overrides, options['multirun'] === true, compose)
  for (const job of jobs) await composeConfig(job, compose)
}

/** A folder with the settings that a document has its reader write (`cat > conf/… <<'END'`). */
export async function settingsOf(commands: readonly DocCommand[]): Promise<{
  readonly folder: string
  remove(): Promise<void>
}> {
  const folder = await mkdtemp(join(tmpdir(), 'atelier-docs-'))
  for (const { text } of commands) {
    const [, path, end] = /^cat > (conf\/\S+) <<'(\w+)'\n/.exec(text) ?? []
    if (path === undefined) continue
    const lines = text.split('\n').slice(1, -1)
    if (lines.includes(end!)) throw new Error(`${path}: more than one end`)
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), `${lines.join('\n')}\n`)
  }
  return { folder, remove: () => rm(folder, { recursive: true }) }
}
