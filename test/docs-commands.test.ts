/**
 * Every command that the documents show. Always: `atelier …` parses, and `npm run …` exists. With ATELIER_TEST=full
 * the pages are followed, command for command, in a project of small data, with servers that really answer.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandTable } from '../src/cli/index.ts'
import { toolsMissing } from './support/dev-tools.ts'
import {
  checkAtelierLine,
  commandsOf,
  type DocCommand,
  documentFiles,
  settingsOf,
  simpleCommands,
} from './support/doc-commands.ts'
import { DIFFERENT_ENDS, NOT_RUN, SHORTER } from './support/doc-exceptions.ts'
import { createReader, type Reader } from './support/doc-reader.ts'
import { readText } from './support/repository.ts'

const documents = documentFiles
  .map((file) => ({ file, commands: commandsOf(file) }))
  .filter(({ commands }) => commands.length > 0)
const all = documents.flatMap(({ commands }) => commands)
const nameOf = ({ file, line, text }: DocCommand) => `${file}:${line} ${text.split('\n')[0]}`
const isNotRun = (text: string) => NOT_RUN.some(({ pattern }) => pattern.test(text))

describe('the documents', () => {
  it('show commands', () => {
    expect(documents.map(({ file }) => file)).toContain('docs/tutorial.md')
    expect(all.length).toBeGreaterThan(120)
  })

  it('write blocks of commands as sh, so that they are found here', () => {
    const other = /^```(?:bash|shell|console|zsh)?\n(?:\$|atelier|curl|docker|git|npm|npx) /m
    const unmarked = documentFiles.filter((file) => other.test(readText(file)))
    expect(unmarked).toEqual([])
  })

  describe.each(documents)('$file', ({ commands }) => {
    let settings: Awaited<ReturnType<typeof settingsOf>>
    beforeAll(async () => {
      settings = await settingsOf(commands)
    })
    afterAll(() => settings.remove())

    const lines = commands.flatMap(({ text }) => simpleCommands(text))
    const calls = [...new Set(lines.filter((line) => /^(?:npx )?atelier /.test(line)))]
    it.runIf(calls.length > 0)('names commands, options and settings that there are', async () => {
      for (const line of calls) {
        await checkAtelierLine(line.replace(/^npx /, ''), settings.folder).catch((error) => {
          throw new Error(`${line}\n${error instanceof Error ? error.message : error}`)
        })
      }
    })

    const scripts = lines.filter((line) => line.startsWith('npm '))
    it.runIf(scripts.length > 0)('names scripts that package.json has', () => {
      const known = Object.keys(JSON.parse(readText('package.json')).scripts)
      const named = scripts.map((line) => line.replace(/^npm (?:run )?/, '').split(' ')[0]!)
      expect(named.filter((name) => !known.includes(name))).toEqual([])
    })
  })

  it('are followed except where a reason stands, and every reason is still needed', () => {
    const texts = all.map(({ text }) => text)
    expect(NOT_RUN.filter(({ pattern }) => !texts.some((text) => pattern.test(text)))).toEqual([])
    expect(SHORTER.filter(({ from }) => !texts.some((text) => from.test(text)))).toEqual([])
    const named = all.map(({ file, text }) => `${file} ${text}`)
    expect(DIFFERENT_ENDS.filter(({ command }) => !named.includes(command))).toEqual([])
    for (const { reason } of [...NOT_RUN, ...SHORTER, ...DIFFERENT_ENDS]) {
      expect(reason).toMatch(/^[A-Z].{15,}\.$/)
    }
  })
})

describe('examples in the help', () => {
  it.each(commandTable.map((entry) => [entry.name, entry] as const))('%s', async (_, entry) => {
    const { examples } = await entry.load()
    for (const { command } of examples) {
      for (const line of simpleCommands(command).filter((part) => part.startsWith('atelier '))) {
        await checkAtelierLine(line).catch((error) => {
          throw new Error(`${line}\n${error instanceof Error ? error.message : error}`)
        })
      }
    }
  })
})

const MINUTES = 60_000
const PROGRAMS = ['bash', 'curl', 'git', 'sqlite3', 'tar']
const missing = process.platform === 'win32' ? 'wants bash' : toolsMissing(...PROGRAMS)
const suite = missing === undefined ? 'a reader' : `a reader (${missing})`
describe.skipIf(missing !== undefined)(suite, () => {
  let reader: Reader | undefined
  beforeAll(async () => {
    reader = await createReader()
  }, 3 * MINUTES)
  afterAll(() => reader?.remove())

  it.each(documents)(
    'can follow $file to its end',
    async ({ file, commands }) => {
      const follow = await reader!.open(file)
      try {
        for (const command of commands) {
          if (isNotRun(command.text)) continue
          const wanted = DIFFERENT_ENDS.find((one) => one.command === `${file} ${command.text}`)
          const { code, output } = await follow.run(command.text)
          expect(code, `${nameOf(command)}\n${output}`).toBe(wanted?.code ?? 0)
        }
        expect(await follow.stopServers()).toEqual([])
      } finally {
        await follow.close()
      }
    },
    5 * MINUTES,
  )
})
