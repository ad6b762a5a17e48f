import { EventEmitter } from 'node:events'
import { resolve } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { AtelierError, errorCatalogue, systemClock } from '../core/index.ts'
import { type CommandEntry, defineCommand, type OptionSpec } from './command.ts'
import { commandTable } from './command-table.ts'
import { configOptions } from './config-options.ts'
import { printResult } from './context.ts'
import { exitCodes } from './exit-codes.ts'
import { parseOptions } from './option-parser.ts'
import { runCli } from './run-cli.ts'

const greet = defineCommand({
  arguments: {
    name: { description: 'Whom.', required: true },
    others: { description: 'And whom.', variadic: true },
  },
  options: {
    shoutLoud: { type: 'boolean', description: 'In capitals.', short: 's' },
    times: { type: 'integer', description: 'How often.', default: 1 },
    tone: { type: 'string', description: 'How.', choices: ['warm', 'cold'] },
  },
  overrides: true,
  examples: [{ command: 'atelier greet Ada', does: 'Says hello.' }],
  async run(context, input) {
    printResult(context, input, () => `hello ${input.arguments.name}`)
  },
})

const entries: readonly CommandEntry[] = [
  { name: 'greet', summary: 'Say hello.', load: async () => greet },
  { name: 'data prepare', summary: 'Prepare.', load: async () => failing('DATA_CORRUPT') },
  { name: 'fail', summary: 'Fail.', load: async () => failing('DATA_FINDINGS') },
  {
    name: 'break',
    summary: 'Break.',
    load: async () => command(() => Promise.reject(new TypeError('oh'))),
  },
  {
    name: 'wait',
    summary: 'Wait.',
    load: async () => command(({ signal }) => sleep(10_000, undefined, { signal })),
  },
]

function command(run: (context: { signal: AbortSignal }) => Promise<void>) {
  return defineCommand({ arguments: {}, options: {}, overrides: false, examples: [], run })
}

function failing(code: 'DATA_CORRUPT' | 'DATA_FINDINGS') {
  return command(() =>
    Promise.reject(new AtelierError(code, 'It went wrong.', { hint: 'Mend it.' })),
  )
}

function capture() {
  const stream = new PassThrough()
  let text = ''
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  return { stream, text: () => text }
}

async function run(argv: readonly string[], commands = entries) {
  const [out, err, signals] = [capture(), capture(), new EventEmitter()]
  const exits: number[] = []
  const code = runCli({
    argv,
    cwd: '/nonexistent',
    env: {},
    stdin: Readable.from([]),
    stdout: out.stream,
    stderr: err.stream,
    clock: systemClock,
    signals,
    exit: (value) => exits.push(value),
    startUi: () => Promise.reject(new Error('not in this test')),
    startService: () => Promise.reject(new Error('not in this test')),
    startMonitor: () => Promise.reject(new Error('not in this test')),
    packageRoot: resolve(import.meta.dirname, '../..'),
    self: [process.execPath],
    commands,
  })
  if (argv[0] === 'wait') {
    await sleep(50)
    signals.emit('SIGINT')
    signals.emit('SIGINT')
  }
  return { code: await code, out: out.text(), err: err.text(), exits, signals }
}

describe('runCli', () => {
  it('gives a command its arguments, options and overrides', async () => {
    const { code, out } = await run([
      'greet',
      'Ada',
      'seed=1',
      '--times',
      '3',
      '-s',
      '--json',
      'Bob',
      '+a.b=2',
      '~c',
      './x=y.png',
    ])
    expect(code).toBe(0)
    expect(JSON.parse(out)).toEqual({
      arguments: { name: 'Ada', others: ['Bob', './x=y.png'] },
      options: { shoutLoud: true, times: 3 },
      overrides: ['seed=1', '+a.b=2', '~c'],
    })
  })

  it('prints text without --json and accepts --json before the verb', async () => {
    expect((await run(['greet', 'Ada'])).out).toBe('hello Ada\n')
    expect(JSON.parse((await run(['--json', 'greet', 'Ada'])).out).arguments.name).toBe('Ada')
  })

  it.each([
    [['gret', 'Ada'], /Unknown command 'gret'[\s\S]*'atelier greet'/],
    [['data', 'prepair'], /Unknown command 'data prepair'[\s\S]*'atelier data prepare'/],
    [['data'], /needs a command[\s\S]*atelier data prepare/],
    [['greet'], /argument NAME is missing/],
    [['greet', 'Ada', '--tims', '2'], /Unknown option '--tims'[\s\S]*--times/],
    [['greet', 'Ada', '--times', 'two'], /whole number is wanted/],
    [['greet', 'Ada', '--tone', 'hot'], /Allowed choices are warm, cold/],
    [['fail', 'surplus'], /Unexpected argument 'surplus'/],
    [['greet', ''], /An argument is empty/],
    [['--colour'], /Unknown option '--colour'/],
  ])('refuses %j with exit code 2 and a hint', async (argv, text) => {
    const { code, out, err } = await run(argv)
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(err).toMatch(/^error\[USAGE\]: /)
    expect(err).toMatch(text)
  })

  it('reports a failure on stderr, as text or as one line of JSON', async () => {
    const text = await run(['data', 'prepare'])
    expect(text).toMatchObject({ code: 3, out: '' })
    expect(text.err).toBe('error[DATA_CORRUPT]: It went wrong.\n  Mend it.\n')
    const json = await run(['data', 'prepare', '--json'])
    expect(JSON.parse(json.err)).toEqual({
      error: {
        code: 'DATA_CORRUPT',
        kind: 'input',
        message: 'It went wrong.',
        hint: 'Mend it.',
        data: {},
      },
    })
    expect((await run(['fail'])).code).toBe(1)
  })

  it('reports a defect as INTERNAL with where it happened', async () => {
    const { code, err } = await run(['break'])
    expect(code).toBe(70)
    expect(err).toMatch(/^error\[INTERNAL\]: oh\n\s+at /)
  })

  it('aborts on the first Ctrl-C, exits on the second, and leaves no listener', async () => {
    const { code, err, exits, signals } = await run(['wait'])
    expect(code).toBe(130)
    expect(err).toMatch(/stopping; press Ctrl-C again[\s\S]*error\[INTERRUPTED\]/)
    expect(exits).toEqual([130])
    expect(signals.listenerCount('SIGINT')).toBe(0)
  })

  it('prints the version and the overview', async () => {
    expect((await run(['--version'])).out).toMatch(/^\d+\.\d+\.\d+/)
    const { code, out } = await run([])
    expect(code).toBe(0)
    for (const { name, summary } of entries) expect(out).toMatch(new RegExp(`${name} +${summary}`))
    expect((await run(['data', '--help'])).out).not.toContain('greet')
  })

  it('maps every kind of error to an exit code of its own', () => {
    const kinds = new Set(Object.values(errorCatalogue).map(({ kind }) => kind))
    expect(Object.keys(exitCodes).sort()).toEqual([...kinds].sort())
    expect(new Set(Object.values(exitCodes)).size).toBe(kinds.size)
  })
})

describe('commandTable', () => {
  it.each(commandTable.map(({ name }) => name))('has help with examples for %s', async (name) => {
    const { code, out } = await run([...name.split(' '), '--help'], commandTable)
    expect(code).toBe(0)
    expect(out).toContain(`Usage: atelier ${name} [options]`)
    expect(out).toMatch(new RegExp(`Examples:\n {2}atelier ${name}`))
    expect((await run(['help', ...name.split(' ')], commandTable)).out).toBe(out)
  })
})

describe('the command table', () => {
  it.each(commandTable.map((entry) => [entry.name, entry] as const))(
    '%s has options that do not clash',
    async (_name, entry) => {
      const command = await entry.load()
      const shared = command.overrides ? Object.keys(configOptions) : []
      expect(Object.keys(command.options).filter((key) => shared.includes(key))).toEqual([])
      const short = Object.values<OptionSpec>(command.options).map((spec) => spec.short)
      // -c, -p and -i are Hydra's where overrides are taken
      expect(short.filter((letter) => command.overrides && /^[cpi]$/.test(letter ?? ''))).toEqual(
        [],
      )
      expect(parseOptions(entry, command, ['--help']).help).toContain(`atelier ${entry.name}`)
    },
  )
})
