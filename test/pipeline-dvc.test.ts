/** Our pipelines beside DVC's own, from PyPI, in the same repository; only with ATELIER_TEST=full. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { runAtelier, startAtelier } from './support/atelier-process.ts'
import { pipelineGolden, type RunGolden, stageGolden, writeFiles } from './support/dvc-golden.ts'
import { type DvcHost, startDvcHost } from './support/dvc-host.ts'
import { leftOut } from './support/only-in-full.ts'
import { edit, writePipelineProject } from './support/pipeline-project.ts'

const MINUTES = 60_000
const python = process.env['PYTHON'] || 'python3'
const hasDvc = () => spawnSync(python, ['-c', 'import dvc']).status === 0
const skip = leftOut(hasDvc, 'Python package dvc')

let folder = ''
let host: DvcHost
beforeAll(() => {
  if (skip === '') host = startDvcHost(python)
})
afterAll(() => host?.stop())
beforeEach(() => {
  if (skip === '') folder = newRepository()
})
afterEach(() => {
  if (folder !== '') rmSync(folder, { recursive: true })
})

function newRepository(): string {
  const path = mkdtempSync(join(tmpdir(), 'atelier-dvc-'))
  for (const args of [
    ['init', '-q'],
    ['config', 'user.email', 'a@b.c'],
    ['config', 'user.name', 'a'],
  ])
    spawnSync('git', args, { cwd: path })
  return path
}

const at = (...parts: string[]) => join(folder, ...parts)
const read = (name: string) => readFileSync(at(name), 'utf8')

async function dvc(...args: string[]) {
  const env = {
    ...process.env,
    DVC_NO_ANALYTICS: '1',
    // as our own stages have it
    PATH: `${at('.dvc/tmp/atelier/bin')}:${process.env['PATH']}`,
  }
  const { code, stdout, stderr } = await host.run(folder, args, env)
  return { code, stdout, stderr, text: `${stdout}${stderr}` }
}

async function repro(): Promise<string> {
  const { code, stdout, stderr } = await runAtelier(folder, ['repro'])
  expect({ code, stderr }).toMatchObject({ code: 0 })
  return stdout
}

function writeCase(golden: RunGolden): void {
  writeFiles(folder, { ...golden.files, 'dvc.yaml': golden['dvc.yaml'] }, golden.modes)
}

/** Forgets the lock and the outputs, not the cache. */
function forget({ 'dvc.lock': lock }: RunGolden): void {
  const { stages } = parse(lock) as {
    readonly stages: Readonly<
      Record<string, { readonly outs: readonly { readonly path: string }[] }>
    >
  }
  for (const [name, { outs }] of Object.entries(stages)) {
    const wdir = name.startsWith('each') ? 'sub' : '.'
    for (const { path } of outs) rmSync(at(wdir, path), { recursive: true })
  }
  rmSync(at('dvc.lock'))
}

describe.skipIf(skip !== '')(`pipelines beside DVC${skip}`, () => {
  it.each(pipelineGolden().runs.map((golden, i) => [i, golden] as const))(
    'what we ran, DVC has not to run: case %i',
    async (_, golden) => {
      await runAtelier(folder, ['data', 'init'])
      writeCase(golden)
      await repro()
      const lock = read('dvc.lock')
      expect((await dvc('status')).text).toContain('up to date')
      expect((await dvc('repro')).text).not.toContain('Running stage')
      expect(read('dvc.lock')).toBe(lock)
      forget(golden)
      const again = (await dvc('repro')).text
      expect(again).toContain('is cached - skipping run')
      expect(read('dvc.lock')).toBe(lock)
    },
    MINUTES,
  )

  it.each(pipelineGolden().runs.map((golden, i) => [i, golden] as const))(
    'what DVC ran, we have not to run: case %i',
    async (_, golden) => {
      await dvc('init')
      writeCase(golden)
      expect(await dvc('repro')).toMatchObject({ code: 0 })
      const lock = read('dvc.lock')
      expect(await repro()).toBe('Everything is up to date.\n')
      forget(golden)
      expect(await repro()).toContain('from the cache')
      expect(read('dvc.lock')).toBe(lock)
      expect((await dvc('status')).text).toContain('up to date')
    },
    MINUTES,
  )

  it(
    'both write the same stages to a file with comments',
    async () => {
      await runAtelier(folder, ['data', 'init'])
      const { file, commands } = stageGolden().cases.find(({ file }) => file?.includes('#'))!
      for (const command of commands) {
        writeFileSync(at('dvc.yaml'), file!)
        const theirs = await dvc(...command)
        const text = read('dvc.yaml')
        writeFileSync(at('dvc.yaml'), file!)
        const ours = await runAtelier(folder, command)
        expect(ours.code === 0, command.join(' ')).toBe(theirs.code === 0)
        expect(read('dvc.yaml')).toBe(text)
      }
    },
    MINUTES,
  )

  it(
    'both see the same changes',
    async () => {
      const [golden] = pipelineGolden().runs
      await runAtelier(folder, ['data', 'init'])
      writeCase(golden!)
      await repro()
      for (const [path, from, to] of [
        ['params.yaml', 'epochs: 3', 'epochs: 4'],
        ['in.txt', 'data', 'date'],
        ['conf.yaml', 'f: 1e-05', 'f: 0.00001'],
        ['conf.yaml', 'z: 1', 'z: 1.0'],
        ['dvc.yaml', 'cp mid/two.txt', 'cp  mid/two.txt'],
      ] as const) {
        edit(at(path), [from, to])
        const { stdout } = await runAtelier(folder, ['repro', '--dry', '--json'])
        const ours = JSON.parse(stdout).stages.filter(
          ({ result }: { result: string }) => result !== 'unchanged',
        )
        const theirs = JSON.parse((await dvc('status', '--json')).stdout)
        expect(
          ours.map(({ address }: { address: string }) => address),
          path,
        ).toEqual(Object.keys(theirs))
        await repro()
        expect((await dvc('status')).text).toContain('up to date')
      }
    },
    2 * MINUTES,
  )

  it(
    'DVC keeps away from what a running stage of ours writes',
    async () => {
      await runAtelier(folder, ['data', 'init'])
      writeFileSync(
        at('dvc.yaml'),
        'stages:\n  s:\n    cmd: touch started && sleep 15 && touch o\n    outs: [o]\n',
      )
      const { child, finished } = startAtelier(folder, ['repro'])
      for (let i = 0; i < 400 && !existsSync(at('started')); i++) await sleep(25)
      expect((await dvc('repro')).text).toMatch(/busy|blocked/)
      child.kill('SIGINT')
      await finished
    },
    MINUTES,
  )

  it(
    'the shipped pipeline is up to date for DVC, which shows its metrics and plots',
    async () => {
      await runAtelier(folder, ['data', 'init'])
      writePipelineProject(folder)
      await repro()
      expect((await dvc('status')).text).toContain('up to date')
      const repeated = (await dvc('repro')).text
      expect(repeated).not.toContain('Running stage')

      const metrics = JSON.parse((await dvc('metrics', 'show', '--json')).stdout)[''].data
      expect(metrics['reports/metrics.json'].data.accuracy).toBeGreaterThan(0)
      expect(metrics['reports/training.json'].data).toHaveProperty('val_accuracy')
      const shown = await dvc('plots', 'show', '--json')
      expect(shown).toMatchObject({ code: 0 })
      const plots = Object.keys(JSON.parse(shown.stdout).data)
      expect(plots).toEqual(
        expect.arrayContaining([
          'Accuracy',
          'Loss',
          'dvc.yaml::reports/plots/confusion.csv',
          'dvc.yaml::reports/plots/reliability.csv',
        ]),
      )

      spawnSync('git', ['add', '-A'], { cwd: folder })
      spawnSync('git', ['commit', '-qm', 'first'], { cwd: folder })
      edit(at('conf/config.yaml'), ['seed: 42', 'seed: 7'])
      expect(await dvc('repro')).toMatchObject({ code: 0 })
      expect(await repro()).toBe('Everything is up to date.\n')
      const diff = JSON.parse((await dvc('metrics', 'diff', '--json', '--all')).stdout)
      expect(JSON.stringify(diff)).toContain('accuracy')
      expect(await dvc('plots', 'diff', '--json')).toMatchObject({ code: 0 })
      expect(JSON.parse((await dvc('params', 'diff', '--json')).stdout)).toMatchObject({
        'conf/config.yaml': { seed: { old: 42, new: 7 } },
      })
    },
    4 * MINUTES,
  )
})
