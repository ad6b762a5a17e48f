/** Pipelines through the command line: what runs, what does not, and what a stop leaves behind. */
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import {
  initRepository,
  openPipelines,
  openRepository,
  reproduce,
  selectNodes,
} from '../src/versioning/index.ts'
import { runAtelier, startAtelier } from './support/atelier-process.ts'
import { pipelineGolden, writeFiles } from './support/dvc-golden.ts'

let folder = ''
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-repro-'))
  await initRepository(folder, { noGit: true })
})
afterEach(() => rmSync(folder, { recursive: true }))

const atelier = (...args: string[]) => runAtelier(folder, args)
const at = (...parts: string[]) => join(folder, ...parts)
const read = (name: string) => readFileSync(at(name), 'utf8')
const write = (files: Readonly<Record<string, string>>) => writeFiles(folder, files)

const DEFAULTS = {
  ...{ force: false, dry: false, allowMissing: false, forceDownstream: false },
  commit: true,
  runCache: true,
  onError: 'fail',
  output: 'stderr',
} as const

type Options = Partial<Parameters<typeof selectNodes>[1] & Parameters<typeof reproduce>[1]>

/** What became of each stage. */
async function repro(options: Options = {}): Promise<Record<string, string>> {
  const { env } = process
  const repository = await openRepository(folder, { env })
  const { signal } = new AbortController()
  try {
    const project = await openPipelines(repository, folder)
    const nodes = await selectNodes(project, { targets: [], ...options })
    const surroundings = { graph: project.graph, files: project.files, env, signal }
    const done = await reproduce(nodes, {
      ...{ ...DEFAULTS, ...surroundings, report: () => {} },
      ...options,
    })
    return Object.fromEntries(done.map(({ address, result }) => [address, result]))
  } finally {
    await repository.close()
  }
}

/** Each stage notes its runs in a file that nobody depends on. */
const CHAIN = `
stages:
  one:
    cmd: echo one >> log && tr a-z A-Z < in > mid
    deps: [in]
    outs: [mid]
  two:
    cmd:
    - echo two >> log
    - cat mid > end
    - echo '{"letters":' $(wc -c < mid)} > m.json
    deps: [mid]
    params: [n]
    outs: [end]
    metrics: [{m.json: {cache: false}}]
  apart:
    cmd: echo apart >> log && echo x > side
    params: [other]
    outs: [side]
`
const runsOf = () => (existsSync(at('log')) ? read('log').trim().split('\n') : [])

function writeChain(): void {
  write({ 'dvc.yaml': CHAIN, in: 'abc', 'params.yaml': 'n: 1\nother: 1\n' })
}

describe('atelier repro', () => {
  it('leaves the lock, the objects and the run cache that DVC leaves', async () => {
    for (const golden of pipelineGolden().runs) {
      writeFiles(folder, { ...golden.files, 'dvc.yaml': golden['dvc.yaml'] }, golden.modes)
      rmSync(at('dvc.lock'), { force: true })
      rmSync(at('.dvc/cache'), { recursive: true, force: true })
      await repro()
      expect(read('dvc.lock')).toBe(golden['dvc.lock'])
      for (const [path, text] of Object.entries(golden.runs)) {
        expect(read(join('.dvc/cache/runs', path))).toBe(text)
      }
      for (const path of golden.objects)
        expect(statSync(at('.dvc/cache', path)).mode & 0o777).toBe(0o444)
    }
  })

  it('runs what changed, and takes from the cache what was there before', async () => {
    writeChain()
    expect(await repro()).toEqual({ one: 'ran', two: 'ran', apart: 'ran' })
    expect(await repro()).toEqual({ one: 'unchanged', two: 'unchanged', apart: 'unchanged' })
    expect(runsOf()).toEqual(['one', 'two', 'apart'])

    write({ 'params.yaml': 'n: 2\nother: 1\nnew: 3\n' })
    expect(await repro()).toEqual({ one: 'unchanged', two: 'ran', apart: 'unchanged' })
    write({ in: 'abcd' })
    expect(await repro()).toEqual({ one: 'ran', two: 'ran', apart: 'unchanged' })
    expect(JSON.parse(read('m.json'))).toEqual({ letters: 4 })

    const before = runsOf()
    write({ in: 'abc', 'params.yaml': 'n: 1\nother: 1\n' })
    expect(await repro()).toEqual({ one: 'restored', two: 'restored', apart: 'unchanged' })
    expect([read('end'), JSON.parse(read('m.json'))]).toEqual(['ABC', { letters: 3 }])
    rmSync(at('mid'))
    expect(await repro()).toEqual({ one: 'restored', two: 'unchanged', apart: 'unchanged' })
    expect(runsOf()).toEqual(before)
    // a metric that git keeps is a file of its own
    writeFileSync(at('m.json'), '{}')

    // the same bytes from another command are nothing new to who takes them
    write({ 'dvc.yaml': CHAIN.replace('echo one >> log', 'echo uno >> log') })
    expect(await repro({ targets: ['two'] })).toEqual({ one: 'ran', two: 'restored' })
  }, 60_000)

  it('chooses stages by target and option', async () => {
    writeChain()
    expect(await repro({ dry: true })).toEqual({ one: 'ran', two: 'ran', apart: 'ran' })
    expect([runsOf(), existsSync(at('dvc.lock'))]).toEqual([[], false])
    expect(await repro({ targets: ['end'] })).toEqual({ one: 'ran', two: 'ran' })
    expect(await repro({ singleItem: true, force: true, targets: ['two'] })).toEqual({ two: 'ran' })
    expect(await repro({ downstream: true, targets: ['one'] })).toEqual({
      one: 'unchanged',
      two: 'unchanged',
    })
    expect(await repro({ force: true, targets: ['dvc.yaml:one'] })).toEqual({ one: 'ran' })
    expect(await repro({ pipeline: true, targets: ['mid'] })).toEqual({
      one: 'unchanged',
      two: 'unchanged',
    })
    const forced = await atelier('repro', '--json', '-f', 'one')
    expect(JSON.parse(forced.stdout).stages).toMatchObject([{ address: 'one', result: 'ran' }])
    const unknown = await atelier('repro', 'tow')
    expect(unknown).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("Did you mean 'two'?"),
    })
    expect((await atelier('dag', 'two')).stdout).toBe('one\ntwo  ← one\n')
    expect((await atelier('dag', '--mermaid')).stdout).toContain('node1-->node2')
  }, 60_000)

  it('with --no-commit fills no cache, and runs again the next time', async () => {
    writeChain()
    await repro({ commit: false, targets: ['one'] })
    expect(existsSync(at('.dvc/cache'))).toBe(false)
    expect(read('dvc.lock')).toContain('path: mid')
    expect(await repro({ targets: ['one'] })).toEqual({ one: 'ran' })
    write({ in: 'x' })
    await repro({ targets: ['one'] })
    write({ in: 'abc' })
    expect(await repro({ runCache: false, targets: ['one'] })).toEqual({ one: 'ran' })
  }, 60_000)

  it('keeps what stages before a failure did, and says what failed', async () => {
    writeChain()
    write({ 'dvc.yaml': CHAIN.replace('cat mid > end', 'exit 3') })
    await expect(repro()).rejects.toMatchObject({
      code: 'PIPELINE_STAGE_FAILED',
      message: expect.stringContaining("'exit 3' ended with exit code 3"),
    })
    expect(read('dvc.lock')).toMatch(/^schema: '2\.0'\nstages:\n {2}one:\n/)
    expect(read('dvc.lock')).not.toContain('two')
    await expect(repro({ onError: 'keep-going' })).rejects.toMatchObject({
      message: 'Failed: two.',
    })
    expect(runsOf()).toEqual(['one', 'two', 'two', 'apart'])
    write({ 'dvc.yaml': CHAIN.replace('cat mid > end', 'echo none') })
    await expect(repro({ targets: ['two'] })).rejects.toMatchObject({
      message: expect.stringContaining("did not write 'end'"),
    })
    write({ 'dvc.yaml': CHAIN.replace('echo one', 'no-such-program && echo one') })
    await expect(repro({ targets: ['one'] })).rejects.toMatchObject({
      hint: expect.stringContaining('PATH'),
    })
    write({ 'dvc.yaml': CHAIN })
    expect(await repro({ onError: 'ignore' })).toEqual({
      one: 'restored',
      two: 'ran',
      apart: 'unchanged',
    })
  })

  it('leaves out what needs a stage that failed', async () => {
    writeChain()
    write({ 'dvc.yaml': CHAIN.replace('tr a-z A-Z', 'false') })
    const told: string[] = []
    const report: Options['report'] = ({ type, address }) => told.push(`${type} ${address}`)
    await expect(repro({ onError: 'keep-going', report })).rejects.toMatchObject({
      message: 'Failed: one.',
    })
    expect(told).toContain('left out two')
    expect(runsOf()).toEqual(['one', 'apart'])
  })

  it.each([
    [
      'stages:\n  a:\n    cmd: x\n    deps: [b]\n    outs: [c]\n  d:\n    cmd: x\n    deps: [c]\n    outs: [b]\n',
      'a → d → a',
      'PIPELINE_GRAPH',
    ],
    [
      'stages:\n  a:\n    cmd: x\n    outs: [o]\n  b:\n    cmd: x\n    outs: [o/p]\n',
      "'o/p' within 'o'",
      'PIPELINE_GRAPH',
    ],
    [
      'stages:\n  a:\n    cmd: x\n    outs: [o]\n  b:\n    cmd: x\n    outs: [./o]\n',
      "'o' is an output",
      'PIPELINE_GRAPH',
    ],
    [
      'stages:\n  a:\n    cmd: x\n    deps: [gone]\n    outs: [o]\n',
      "'gone', which does not exist",
      'PIPELINE_INPUT_MISSING',
    ],
    [
      'stages:\n  a:\n    cmd: x\n    params: [gone]\n    outs: [o]\n',
      "'gone' in params.yaml",
      'PIPELINE_PARAMETERS',
    ],
    ['stages:\n  a:\n    cmd: x\n    dps: [y]\n', 'dvc.yaml:4: unknown key', 'PIPELINE_INVALID'],
    ['stages: [', 'dvc.yaml:1', 'CONFIG_SYNTAX'],
    ['', 'no stages', 'PIPELINE_NOT_FOUND'],
  ])('refuses %j', async (text, message, code) => {
    write({ 'dvc.yaml': text, 'params.yaml': 'n: 1\n' })
    await expect(repro()).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
  })

  it('honours frozen, persist, always_changed, and stages without inputs and outputs', async () => {
    const stages = (first: string) => `
stages:
  ice:
    frozen: true
    cmd: echo ice >> log
    deps: [in]
    outs: [kept]
  heap:
    cmd: echo heap >> log && cat in >> heap.txt
    deps: [in]
    outs: [{heap.txt: {persist: true}}]
  always:
    always_changed: true
    cmd: echo always >> log && echo ${first} > a
    outs: [a]
  bare:
    cmd: echo bare >> log
  last:
    cmd: echo last >> log && cp a b
    deps: [a]
    outs: [b]
`
    write({ 'dvc.yaml': stages('1'), in: 'x', kept: 'k' })
    expect(await repro()).toEqual({
      ice: 'saved',
      heap: 'ran',
      always: 'ran',
      bare: 'ran',
      last: 'ran',
    })
    write({ in: 'y' })
    expect(await repro()).toEqual({
      ice: 'unchanged',
      heap: 'ran',
      always: 'ran',
      bare: 'ran',
      last: 'unchanged',
    })
    expect(read('heap.txt')).toBe('xy')
    expect(runsOf().filter((name) => name === 'ice')).toEqual([])
  }, 60_000)

  it('notes changed data of .dvc files before the stages that take it', async () => {
    write({ 'dvc.yaml': CHAIN, 'params.yaml': 'n: 1\nother: 1\n', in: 'abc' })
    await atelier('data', 'add', 'in')
    expect(await repro({ targets: ['two'] })).toEqual({
      'in.dvc': 'unchanged',
      one: 'ran',
      two: 'ran',
    })
    const pointer = read('in.dvc')
    rmSync(at('in'))
    await expect(repro({ targets: ['two'] })).rejects.toMatchObject({
      code: 'PIPELINE_INPUT_MISSING',
      hint: expect.stringContaining('atelier data pull in.dvc'),
    })
    expect(await repro({ allowMissing: true, targets: ['two'] })).toEqual({
      'in.dvc': 'unchanged',
      one: 'unchanged',
      two: 'unchanged',
    })
    write({ in: 'changed' })
    expect(await repro({ targets: ['two'] })).toEqual({ 'in.dvc': 'saved', one: 'ran', two: 'ran' })
    expect(read('in.dvc')).not.toBe(pointer)
  }, 60_000)

  it('gives outputs to data push, pull, checkout and status', async () => {
    writeChain()
    const remote = at('..', `${basename(folder)}-remote`)
    onTestFinished(() => rmSync(remote, { recursive: true }))
    const config = `[core]\n    no_scm = True\n    remote = r\n['remote "r"']\n    url = ${remote}\n`
    write({ '.dvc/config': config })
    await repro()
    expect((await atelier('data', 'push')).code).toBe(0)
    const status = JSON.parse((await atelier('data', 'status', '--json')).stdout).outputs
    expect(status).toContainEqual({ path: 'end', file: 'dvc.lock', state: 'up to date' })
    rmSync(at('.dvc/cache'), { recursive: true })
    for (const name of ['mid', 'end', 'side']) rmSync(at(name))
    expect(await atelier('data', 'pull')).toMatchObject({ code: 0 })
    expect(read('end')).toBe('ABC')
    expect(await repro()).toEqual({ one: 'unchanged', two: 'unchanged', apart: 'unchanged' })
  }, 60_000)

  it('finds pipelines in folders, and stages of others by their path', async () => {
    write({
      'sub/dvc.yaml':
        'stages:\n  inner:\n    cmd: cp ../in out\n    deps: [../in]\n    outs: [out]\n',
      'dvc.yaml':
        'stages:\n  outer:\n    cmd: cp sub/out top\n    deps: [sub/out]\n    outs: [top]\n',
      in: 'x',
    })
    expect(await repro()).toEqual({ 'sub/dvc.yaml:inner': 'ran', outer: 'ran' })
    expect(read('sub/dvc.lock')).toContain('path: ../in')
    const inside = await runAtelier(at('sub'), ['repro', '--json', '../dvc.yaml:outer'])
    expect(
      JSON.parse(inside.stdout).stages.map(({ address }: { address: string }) => address),
    ).toEqual(['inner', '../dvc.yaml:outer'])
  }, 60_000)

  it('gives commands the program itself, and the names that DVC gives', async () => {
    write({
      'dvc.yaml':
        'stages:\n  s:\n    cmd:\n    - atelier --version > version\n    - echo $DVC_STAGE $DVC_ROOT > names\n    outs: [version, names]\n',
    })
    expect(await atelier('repro')).toMatchObject({ code: 0, stdout: 'Stages: 1 run.\n' })
    expect(read('version')).toMatch(/^\d+\.\d+\.\d+/)
    expect(read('names')).toContain('s /')
  })
})

describe('atelier repro that is stopped', () => {
  const SLOW = `
stages:
  one:
    cmd: echo one >> log && cp in mid
    deps: [in]
    outs: [mid]
  two:
    cmd: echo two >> log && cp mid end && touch started && sleep 20 && echo late >> log
    deps: [mid]
    outs: [end]
`

  async function startSlow() {
    write({ 'dvc.yaml': SLOW, in: 'x' })
    const started = startAtelier(folder, ['repro'])
    for (let i = 0; i < 400 && !existsSync(at('started')); i++) await sleep(25)
    expect(existsSync(at('started'))).toBe(true)
    return started
  }

  it('by Ctrl-C ends the command, and goes on later with the stage that was stopped', async () => {
    const { child, finished } = await startSlow()
    child.kill('SIGINT')
    expect(await finished).toMatchObject({
      code: 130,
      stderr: expect.stringContaining('INTERRUPTED'),
    })
    expect(read('dvc.lock')).not.toContain('two')
    expect(JSON.parse(read('.dvc/tmp/rwlock'))).toEqual({ write: {}, read: {} })
    write({ 'dvc.yaml': SLOW.replace('sleep 20', 'true') })
    expect(await repro()).toEqual({ one: 'unchanged', two: 'ran' })
    expect(runsOf()).toEqual(['one', 'two', 'two', 'late'])
  }, 60_000)

  it('by kill -9 is whole, and another waits for the command that goes on', async () => {
    const { child } = await startSlow()
    child.kill('SIGKILL')
    // its output ends only with the command
    await once(child, 'exit')
    expect(read('dvc.lock')).not.toContain('two')
    const [[, { pid }]] = Object.entries(
      JSON.parse(read('.dvc/tmp/rwlock')).write as Record<string, { pid: number }>,
    ) as [[string, { pid: number }]]
    const refused = await atelier('repro')
    expect(refused).toMatchObject({
      code: 4,
      stderr: expect.stringContaining(`Process ${pid} works on`),
    })
    process.kill(-pid, 'SIGKILL')
    write({ 'dvc.yaml': SLOW.replace('sleep 20', 'true') })
    expect(await repro()).toEqual({ one: 'unchanged', two: 'ran' })
  }, 60_000)
})
