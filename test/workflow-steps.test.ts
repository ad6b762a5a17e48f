/** The commands of the workflows, run as a runner runs them: with bash, in a project, on the compiled CLI. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { runAtelier } from './support/atelier-process.ts'
import { runTool, toolsMissing } from './support/dev-tools.ts'
import { readText, readYaml } from './support/repository.ts'
import { serveAtelier } from './support/served.ts'
import { packageRoot } from './support/training-project.ts'

interface Workflow {
  readonly jobs: Readonly<
    Record<string, { readonly steps: readonly { readonly name?: string; readonly run?: string }[] }>
  >
}

const MINUTES = 60_000
/** Models of this test have seen next to nothing. */
const LAX = {
  ...{ min_accuracy: 0, min_class_recall: 0, max_ece: 1, max_accuracy_drop: 1 },
  ...{ max_class_recall_drop: 1, max_latency_ratio: 100 },
}

/** The command of a step, by its name or its first words. */
function commandOf(workflow: string, step: string): string {
  const steps = Object.values(
    readYaml<Workflow>(`.github/workflows/${workflow}.yaml`).jobs,
  ).flatMap((job) => job.steps)
  const found = steps.find(({ name, run = '' }) => name === step || run.startsWith(step))
  if (found?.run === undefined) throw new Error(`${workflow} has no step '${step}'`)
  return found.run
}

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-workflow-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** As GitHub does it on Linux. */
function runStep(workflow: string, step: string, env: NodeJS.ProcessEnv = {}) {
  const path = [join(folder, 'bin'), process.env['PATH']].join(delimiter)
  return runTool('bash', ['--noprofile', '--norc', '-e', '-c', commandOf(workflow, step)], {
    cwd: folder,
    env: { PATH: path, HOME: folder, ...env },
  })
}

const noBash = process.platform === 'win32' ? 'wants bash' : undefined
describe.skipIf(noBash !== undefined)('steps that look at what they were given', () => {
  it.each([
    ['classifier/3', 0],
    ['classifier', 1],
    ['../../etc/passwd/1', 1],
    ['x/1; touch broken', 1],
    ['$(touch broken)/1', 1],
    ['x/1\ntouch broken', 1],
    ['', 1],
  ])('take %j as a model with exit code %i, and never as a command', async (MODEL, code) => {
    const ended = await runStep('model-registry', 'Look at the name of the model', { MODEL })
    expect(ended.code).toBe(code)
    expect(existsSync(join(folder, 'broken'))).toBe(false)
  })

  it('release only the version that the tag names', async () => {
    await cp(join(packageRoot, 'package.json'), join(folder, 'package.json'))
    const { version } = JSON.parse(readText('package.json'))
    const step = 'Compare the tag with the version'
    expect((await runStep('release', step, { TAG: `v${version}` })).code).toBe(0)
    expect((await runStep('release', step, { TAG: 'v999.0.0' })).code).toBe(1)
    await rm(join(folder, 'package.json'))
  })
})

describe('scripts of the hooks and workflows', () => {
  const repository = mkdtempSync(join(tmpdir(), 'atelier-hooks-'))
  afterAll(() => rmSync(repository, { recursive: true }))
  const script = (name: string, ...words: string[]) =>
    runTool(process.execPath, [join(packageRoot, 'scripts', name), ...words], { cwd: repository })
  const write = (name: string, content: string) => writeFile(join(repository, name), content)

  it('check-files finds what is wrong, and mends what can be', async () => {
    await write('a.txt', 'one  \ntwo')
    await write('b.yaml', 'key: [1')
    await write('c.json', '{')
    await write('d.txt', `${'<'.repeat(7)} HEAD\n`)
    await write('e.bin', '\0'.repeat(1_000_001))
    await write('f.txt', `-----${'BEGIN'} PRIVATE KEY-----\nMIIE\n`)
    const names = ['a.txt', 'b.yaml', 'c.json', 'd.txt', 'e.bin', 'f.txt']
    const { code, stderr } = await script('check-files.mjs', ...names)
    expect(code).toBe(1)
    for (const name of names) expect(stderr).toContain(`${name}: `)
    expect((await script('check-files.mjs', '--fix', 'a.txt')).code).toBe(0)
    expect(readFileSync(join(repository, 'a.txt'), 'utf8')).toBe('one\ntwo\n')
    expect((await script('check-files.mjs', 'gone.txt', 'a.txt')).code).toBe(0)
  })

  it('check-files finds nothing in this repository', async () => {
    const words = [join(packageRoot, 'scripts/check-files.mjs')]
    const { code, stderr } = await runTool(process.execPath, words)
    expect(code, stderr).toBe(0)
  })

  it('git does not ignore what the workflow of drift takes from it', async () => {
    const [name] = /monitoring\/\S+/.exec(commandOf('drift', 'Report'))!
    const ignored = await runTool('git', ['check-ignore', '--quiet', name])
    expect(ignored.code).toBe(1)
    expect((await runTool('git', ['check-ignore', '--quiet', 'monitoring/x.html'])).code).toBe(0)
  })

  it('check-data-pointers asks only where there are pointers', async () => {
    execFileSync('git', ['init', '-q'], { cwd: repository })
    expect((await script('check-data-pointers.mjs')).code).toBe(0)
    await write('data.dvc', 'outs: []\n')
    execFileSync('git', ['add', 'data.dvc'], { cwd: repository })
    // the pointer leads nowhere: whatever the command finds, it is no success
    const { code, stderr } = await script('check-data-pointers.mjs')
    expect(code).not.toBe(0)
    expect(stderr).toContain('atelier data push')
  })
})

const noHooks = noBash ?? toolsMissing('git')
describe.skipIf(noHooks !== undefined)(`the hooks of git${noHooks ? ` (${noHooks})` : ''}`, () => {
  it(
    'mend what they can before a commit, and refuse what they cannot',
    async () => {
      const clone = join(folder, 'clone')
      const git = (...words: string[]) => {
        const who = ['-c', 'user.name=a', '-c', 'user.email=a@b.example']
        return runTool('git', [...who, ...words], { cwd: clone })
      }
      execFileSync('git', ['clone', '-q', '--depth=1', `file://${packageRoot}`, clone])
      await symlink(join(packageRoot, 'node_modules'), join(clone, 'node_modules'))
      const lefthook = join(packageRoot, 'node_modules/.bin/lefthook')
      expect((await runTool(lefthook, ['validate'])).code).toBe(0)
      expect((await runTool(lefthook, ['install'], { cwd: clone })).code).toBe(0)
      await writeFile(join(clone, 'new.yaml'), 'x: 1  \ny: 2')
      await git('add', 'new.yaml')
      const mended = await git('commit', '-m', 'With blanks')
      expect(mended.code, mended.stderr).toBe(0)
      expect((await git('show', 'HEAD:new.yaml')).stdout).toBe('x: 1\ny: 2\n')
      await writeFile(join(clone, 'new.yaml'), 'x: [1\n')
      await git('add', 'new.yaml')
      expect((await git('commit', '-m', 'Broken')).code).not.toBe(0)
    },
    MINUTES,
  )
})

const missing = noBash ?? toolsMissing()
const suite = missing === undefined ? 'the steps of the workflows' : `the steps (${missing})`
describe.skipIf(missing !== undefined)(suite, () => {
  beforeAll(async () => {
    await mkdir(join(folder, 'bin'))
    const npx = `#!/bin/sh\nshift\nexec ${process.execPath} ${packageRoot}/dist/main/atelier.js "$@"\n`
    await writeFile(join(folder, 'bin/npx'), npx)
    await chmod(join(folder, 'bin/npx'), 0o755)
    await symlink(join(packageRoot, 'scripts'), join(folder, 'scripts'))
    // the project's own settings: small data under the usual name, a gate that lets it pass
    await mkdir(join(folder, 'conf/data'), { recursive: true })
    await mkdir(join(folder, 'conf/gate'))
    const sketch = parse(readText('conf/data/sketch.yaml'))
    const small = { ...sketch, train: 300, test: 60, validation: 50 }
    await writeFile(join(folder, 'conf/data/fashion-mnist.yaml'), stringify(small))
    const gate = { ...parse(readText('conf/gate/default.yaml')), ...LAX }
    await writeFile(join(folder, 'conf/gate/default.yaml'), stringify(gate))
  })

  it(
    'data-changes: prepares, checks, describes',
    async () => {
      for (const step of [
        'npx atelier data prepare',
        'npx atelier data check',
        'npx atelier data stats',
      ]) {
        const { code, stderr } = await runStep('data-changes', step)
        expect(code, `${step}\n${stderr}`).toBe(0)
      }
      const comment = await readFile(join(folder, 'data-report/comment.md'), 'utf8')
      expect(comment).toMatch(/^### Data set sketch\n\n360 images, 28 × 28, grey/)
      expect(comment).toContain('| **all** | 250 | 50 | 60 |')
      // results that the request brings along, and the branch it goes to has none of
      await mkdir(join(folder, 'reports'), { recursive: true })
      await writeFile(join(folder, 'reports/metrics.json'), '{"accuracy": 0.75}')
      const told = await runStep('data-changes', 'npx atelier report pr', { BASE: 'main' })
      expect(told.code, told.stderr).toBe(0)
      const longer = await readFile(join(folder, 'data-report/comment.md'), 'utf8')
      expect(longer.slice(0, comment.length)).toBe(comment)
      expect(longer).toContain('\n## Model report\n\n**Nothing to compare with.**')
      await rm(join(folder, 'reports'), { recursive: true })
    },
    MINUTES,
  )

  it(
    'data-changes: fails where the data is damaged',
    async () => {
      await rm(join(folder, 'data/processed/sketch/dataset.json'))
      const { code, stderr } = await runStep('data-changes', 'npx atelier data check')
      expect(code).toBe(3)
      expect(stderr).toContain('atelier data prepare')
      expect((await runStep('data-changes', 'npx atelier data prepare')).code).toBe(0)
    },
    MINUTES,
  )

  it(
    'model-registry: verifies, downloads, evaluates, and promotes what passes the gate',
    async () => {
      const words = ['hyperparameters.epochs=1', 'model.type=mlp', 'trainer.threads=1']
      const trained = await runAtelier(folder, ['train', ...words])
      expect(trained.code, trained.stderr).toBe(0)
      expect((await runAtelier(folder, ['models', 'register'])).code).toBe(0)
      const summary = join(folder, 'summary.md')
      const env = { MODEL: 'classifier/1', GITHUB_STEP_SUMMARY: summary }
      for (const step of [
        'Verify history, versions and files',
        'Download',
        'Evaluate',
        'Tell how it did against production',
        'Gate, and promote what passes it',
      ]) {
        const { code, stderr } = await runStep('model-registry', step, env)
        expect(code, `${step}\n${stderr}`).toBe(0)
      }
      const shown = await runAtelier(folder, ['models', 'ls', '--json'])
      expect(shown.stdout).toContain('production')
      JSON.parse(await readFile(join(folder, 'reports/gate.json'), 'utf8'))
      expect(await readFile(summary, 'utf8')).toContain('**Nothing to compare with.**')
    },
    2 * MINUTES,
  )

  it(
    'model-registry: what the gate refuses fails the run, and is not promoted',
    async () => {
      const words = ['hyperparameters.epochs=1', 'model.type=mlp', 'trainer.threads=1', 'seed=7']
      expect((await runAtelier(folder, ['train', ...words])).code).toBe(0)
      expect((await runAtelier(folder, ['models', 'register'])).code).toBe(0)
      const strict = { ...parse(readText('conf/gate/default.yaml')), ...LAX, min_accuracy: 1 }
      await writeFile(join(folder, 'conf/gate/default.yaml'), stringify(strict))
      const env = { MODEL: 'classifier/2' }
      const summary = join(folder, 'summary.md')
      const told = { ...env, GITHUB_STEP_SUMMARY: summary }
      for (const step of ['Download', 'Evaluate', 'Tell how it did against production']) {
        const { code, stderr } = await runStep('model-registry', step, told)
        expect(code, `${step}\n${stderr}`).toBe(0)
      }
      expect(await readFile(summary, 'utf8')).toMatch(/ against \\?@.?production/)
      const { code } = await runStep('model-registry', 'Gate, and promote what passes it', env)
      expect(code).toBe(1)
      const shown = await runAtelier(folder, ['models', 'show', '@production', '--json'])
      expect(JSON.parse(shown.stdout).version).toBe(1)
    },
    MINUTES,
  )

  it(
    'drift: reports, and fails where what is predicted has drifted',
    async () => {
      const served = await serveAtelier(folder, ['models:/classifier@production'])
      for (let i = 0; i < 200; i++) {
        const noise = { type: 'gaussian', mean: 60 + (i % 100), sigma: 50 } as const
        const create = { width: 28, height: 28, channels: 3, background: '#000', noise } as const
        const body = new Uint8Array(await sharp({ create }).png().toBuffer())
        const headers = { 'content-type': 'image/png' }
        const answer = await fetch(`${served.url}predict`, { method: 'POST', headers, body })
        expect(answer.status).toBe(200)
      }
      served.signal('SIGTERM')
      expect((await served.finished).code).toBe(0)
      // a checkout has what is in git: no runs, and the file that the workflow's first lines tell to commit
      const words = ['models:/classifier@production', '--data', 'val']
      const written = await runAtelier(folder, ['monitor', 'reference', ...words])
      expect(written.code, written.stderr).toBe(0)
      await rm(join(folder, 'runs'), { recursive: true })
      const reported = await runStep('drift', 'Report')
      expect(reported.code, reported.stderr).toBe(0)
      expect(existsSync(join(folder, 'reports/monitoring/drift_report.html'))).toBe(true)
      const checked = await runStep('drift', 'Check')
      expect(checked.code, checked.stderr).toBe(1)
      expect(checked.stderr).toContain('DRIFT_FOUND')
    },
    MINUTES,
  )
})
