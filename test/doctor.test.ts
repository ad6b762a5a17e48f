/** `atelier doctor` on real projects: well, broken, and not begun; each check both ways. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readdirSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { CommandContext, Environment } from '../src/cli/context.ts'
import { doctorChecks } from '../src/cli/doctor/checks.ts'
import { type Examined, examine } from '../src/cli/doctor/finding.ts'
import { silentLogger, silentProgress, systemClock } from '../src/core/index.ts'
import { runAtelier } from './support/atelier-process.ts'
import { serveAtelier } from './support/served.ts'
import { packageRoot, SMALL } from './support/training-project.ts'

interface Answer {
  /** `ok: 20.20.2` */
  of(name: string): string
  mend(name: string): string | undefined
}

let folder = ''
/** A project with data, a run, a registered model in production and a prediction. */
let whole = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-doctor-'))
  whole = join(folder, 'whole')
  await mkdir(join(whole, 'conf/data'), { recursive: true })
  await writeSettings(whole)
  for (const words of [
    ['data', 'init', '--no-scm'],
    ['train', ...SMALL, 'data=sketch'],
    ['models', 'register'],
    ['models', 'promote', 'classifier', '--force', '--reason', 'for the test'],
  ]) {
    const { code, stderr } = await runAtelier(whole, words)
    expect(code, stderr).toBe(0)
  }
}, 120_000)
afterAll(() => rm(folder, { recursive: true }))

/** The small data set under the name that a project without settings of its own takes. */
async function writeSettings(at: string): Promise<void> {
  const data = SMALL.filter((word) => /^data\./.test(word)).map((word) =>
    word.replace('data.', '').replace('=', ': '),
  )
  const text = ['source: sketch', 'name: sketch', 'processed: data/processed/sketch', ...data]
  const rest = ['geometry: {height: 28, width: 28, channels: 1}', 'split_seed: 42', 'seed: 42']
  await mkdir(join(at, 'conf/data'), { recursive: true })
  for (const name of ['sketch', 'fashion-mnist']) {
    await writeFile(join(at, `conf/data/${name}.yaml`), `${[...text, ...rest].join('\n')}\n`)
  }
}

let copies = 0
/** A copy to break. */
async function copy(): Promise<string> {
  const at = join(folder, `copy-${copies++}`)
  await cp(whole, at, { recursive: true })
  return at
}

function answerOf(found: readonly Examined[]): Answer {
  const find = (name: string) => found.find((check) => check.name === name)!
  return {
    of: (name) => `${find(name).status}: ${find(name).message}`,
    mend: (name) => find(name).mend,
  }
}

/** Only what is asked for is looked at, in this process. */
async function ask(at: string, names: readonly string[], env: Environment = {}): Promise<Answer> {
  const checks = await doctorChecks(contextOf(at, { PATH: process.env['PATH'], PORT: '0', ...env }))
  const wanted = checks.filter(({ name }) => names.includes(name))
  const found = await Promise.all(wanted.map((check) => examine(check, 20)))
  expect(found.length).toBe(names.length)
  return answerOf(found)
}

function contextOf(cwd: string, env: Environment): CommandContext {
  const notHere = () => Promise.reject(new Error('not in this test'))
  const stream = new PassThrough()
  return {
    ...{ cwd, env, packageRoot, stdin: stream, stdout: stream, stderr: stream },
    ...{ progress: silentProgress, logger: silentLogger, clock: systemClock, json: true },
    ...{ startUi: notHere, startService: notHere, startMonitor: notHere, self: [] },
    block: { live: false, size: () => ({ columns: 80, rows: 24 }), show: () => {} },
    signal: new AbortController().signal,
  }
}

/** The whole command, as a process. */
async function askAll(at: string): Promise<Answer & { readonly code: number | null }> {
  const env = { PORT: '0' }
  const { code, stdout, stderr } = await runAtelier(at, ['doctor', '--json'], { env })
  if (stdout === '') throw new Error(stderr)
  const { counts, checks } = JSON.parse(stdout)
  const problems = checks.filter(({ status }: Examined) => status === 'problem')
  expect(counts.problem).toBe(problems.length)
  return { code, ...answerOf(checks) }
}

describe('atelier doctor', () => {
  it('finds a whole project well', async () => {
    const answer = await askAll(whole)
    expect(answer.code).toBe(0)
    expect(answer.of('onnxruntime')).toMatch(/^ok: \d+\.\d+\.\d+ runs a graph/)
    expect(answer.of('sharp')).toMatch(/^ok: /)
    expect(answer.of('sqlite')).toMatch(/^ok: /)
    expect(answer.of('settings')).toContain('ok: compose: data sketch')
    expect(answer.of('folders')).toMatch(/^ok: runs, models, reports/)
    expect(answer.of('data')).toMatch(/^ok: sketch, 360 images, digest [0-9a-f]{12}$/)
    expect(answer.of('versions')).toMatch(/^ok: .*atelier data doctor/)
    expect(answer.of('database')).toBe('ok: .atelier/atelier.db, 1 run')
    expect(answer.of('registry')).toBe('ok: 1 version and 1 file are as they were written')
    expect(answer.of('production')).toBe('ok: models:/classifier/1 loads, 10 classes')
    expect(answer.of('model')).toMatch(/^ok: models\/model.onnx loads: 10 classes/)
    expect(answer.of('trackers')).toMatch(/^ok: /)
    // nothing is left behind by looking
    expect(readdirSync(whole).filter((name) => name.startsWith('.atelier-'))).toEqual([])
  })

  it('finds nothing wrong with a folder where nothing was begun, and begins nothing', async () => {
    const empty = join(folder, 'empty')
    await mkdir(empty)
    const answer = await askAll(empty)
    expect(answer.code).toBe(0)
    for (const name of ['database', 'registry', 'production', 'model', 'predictions', 'versions']) {
      expect(answer.of(name), name).toMatch(/^skipped: /)
    }
    expect(answer.of('data')).toBe('warning: fashion-mnist is not prepared')
    expect(answer.mend('data')).toContain('atelier data prepare')
    expect(readdirSync(empty)).toEqual([])
  })

  it('says in text what is wrong, where, and what mends it', async () => {
    const at = await copy()
    await writeFile(join(at, 'models/model.onnx'), 'no model')
    const { code, stdout, stderr } = await runAtelier(at, ['doctor'])
    expect(code).toBe(1)
    expect(stdout).toMatch(/^ {2}✗ model {2,}\S*model.onnx: /m)
    expect(stdout).toMatch(/^ {2}✓ sqlite/m)
    expect(stdout).toMatch(/\n1 problem, \d warnings?, \d+ fine/)
    expect(stdout).not.toContain('\u001b')
    expect(stderr).toContain('error[DOCTOR_PROBLEMS]: Not fit: model.')
  })

  it('goes on without settings that compose', async () => {
    const at = await copy()
    await writeFile(join(at, 'conf/data/sketch.yaml'), 'sorce: sketch\n')
    await writeFile(join(at, 'conf/data/fashion-mnist.yaml'), 'sorce: sketch\n')
    const answer = await askAll(at)
    expect(answer.code).toBe(1)
    expect(answer.of('settings')).toMatch(/^problem: /)
    expect(answer.of('database')).toBe('skipped: wants settings that compose')
    expect(answer.of('sqlite')).toMatch(/^ok: /)
  })

  it('finds folders that cannot be written to', async () => {
    const at = await copy()
    await rm(join(at, 'reports'), { recursive: true })
    await writeFile(join(at, 'reports'), 'a file')
    expect((await ask(at, ['folders'])).of('folders')).toBe(
      'problem: cannot write to reports (ENOTDIR)',
    )
  })

  it('finds data that is stale, and data that is damaged', async () => {
    const at = await copy()
    const settings = join(at, 'conf/data/fashion-mnist.yaml')
    const text = await readFile(settings, 'utf8')
    await writeFile(settings, text.replace('train: 300', 'train: 301'))
    const stale = await ask(at, ['data'])
    expect(stale.of('data')).toMatch(/^problem: /)
    expect(stale.mend('data')).toContain('atelier data prepare')
    await writeFile(settings, text)
    const train = join(at, 'data/processed/sketch/train.safetensors')
    const bytes = await readFile(train)
    bytes[bytes.length - 1]! ^= 1
    await writeFile(train, bytes)
    expect((await ask(at, ['data'])).of('data')).toMatch(/^problem: .*train.safetensors/)
  })

  it('finds versions of data that cannot be read', async () => {
    const at = await copy()
    await writeFile(join(at, '.dvc/config'), '[cor\n')
    expect((await ask(at, ['versions'])).of('versions')).toMatch(/^problem: /)
  })

  it('finds a database that is none, and one that does not answer', async () => {
    const at = await copy()
    await writeFile(join(at, '.atelier/atelier.db'), 'not a database, but long enough'.repeat(100))
    for (const suffix of ['-wal', '-shm']) {
      await rm(join(at, `.atelier/atelier.db${suffix}`), { force: true })
    }
    const broken = await ask(at, ['database'])
    expect(broken.of('database')).toMatch(/^problem: /)
    const env = { DATABASE_URL: 'postgres://user:hidden@127.0.0.1:1/runs' }
    const away = await ask(whole, ['DATABASE_URL'], env)
    expect(away.of('DATABASE_URL')).toMatch(/^problem: .*127.0.0.1:1/)
    expect(away.of('DATABASE_URL')).not.toContain('hidden')
  })

  it('finds a registry and a production model that are not what was registered', async () => {
    const at = await copy()
    const store = join(at, 'models/registry')
    const files = readdirSync(store, { recursive: true, withFileTypes: true })
    const file = files.find((entry) => entry.isFile())!
    const path = join(file.parentPath, file.name)
    chmodSync(path, 0o644)
    await writeFile(path, 'something else')
    const answer = await ask(at, ['registry', 'production'])
    expect(answer.of('registry')).toMatch(/^problem: /)
    expect(answer.of('production')).toMatch(/^problem: /)
    expect(answer.mend('registry')).toContain('atelier models verify')
  })

  it('finds a model that MODEL_URI names and that is not there', async () => {
    expect((await ask(whole, ['model'], { MODEL_URI: 'gone.onnx' })).of('model')).toMatch(
      /^problem: .*gone/,
    )
    const away = await ask(whole, ['model'], { MODEL_URI: 'gs://bucket/model.onnx' })
    expect(away.of('model')).toMatch(/^skipped: /)
    const named = await ask(whole, ['model'], { MODEL_URI: 'models:/classifier@production' })
    expect(named.of('model')).toMatch(/^ok: models:\/classifier@production loads/)
  })

  it('reads the prediction log, as a table and as CSV', async () => {
    const at = await copy()
    const served = await serveAtelier(at)
    const [picture] = readdirSync(join(packageRoot, 'dist/web/samples'))
    const body = await readFile(join(packageRoot, 'dist/web/samples', picture!))
    const headers = { 'content-type': 'image/png' }
    await fetch(`${served.url}predict`, { method: 'POST', headers, body: new Uint8Array(body) })
    const port = new URL(served.url).port
    const meanwhile = await ask(at, ['serve port'], { PORT: port })
    expect(meanwhile.of('serve port')).toMatch(/^ok: \d+: a service of Atelier answers there/)
    served.signal('SIGTERM')
    await served.finished
    expect((await ask(at, ['predictions'])).of('predictions')).toMatch(
      /^ok: database, of 1 model, the last prediction at 20/,
    )
    await writeFile(join(at, 'log.csv'), 'a,b\n1,2\n')
    expect((await ask(at, ['predictions'], { LOG_URI: 'log.csv' })).of('predictions')).toMatch(
      /^problem: /,
    )
    const good = `timestamp,avg_brightness,contrast,predicted_class,confidence
2026-11-25T08:00:00Z,0.1,0.2,Bag,0.9\n`
    await writeFile(join(at, 'log.csv'), good)
    const read = await ask(at, ['predictions'], { LOG_URI: 'log.csv' })
    expect(read.of('predictions')).toBe('ok: log.csv, 1 prediction')
  })

  it('finds runs that another tracker has not got', async () => {
    const at = await copy()
    const env = { MLFLOW_TRACKING_URI: 'http://127.0.0.1:1' }
    const words = ['train', ...SMALL, 'tracking=mlflow', 'tracking.wait_seconds=0.1']
    expect((await runAtelier(at, words, { env })).code).toBe(0)
    const answer = await ask(at, ['trackers'])
    expect(answer.of('trackers')).toBe('warning: 1 run waits for other trackers')
    expect(answer.mend('trackers')).toContain('atelier sync')
  })

  it('finds variables that nobody reads, and a token that is too short', async () => {
    const slips = { MODEL_URL: 'x', ATELIER_TOKEN: 'short' }
    const answer = await ask(whole, ['variables', 'token'], slips)
    expect(answer.of('variables')).toBe('warning: nobody reads MODEL_URL (MODEL_URI?)')
    expect(answer.of('token')).toMatch(/^problem: .*5 characters/)
    const good = await ask(whole, ['token'], { ATELIER_TOKEN: 'long-enough-for-a-token' })
    expect(good.of('token')).toMatch(/^ok: /)
  })

  it.skipIf(process.platform === 'win32')(
    'finds secrets that others may read, or that git has',
    async () => {
      const at = await copy()
      const git = (...words: string[]) => execFileSync('git', words, { cwd: at })
      await writeFile(join(at, '.env'), 'POSTGRES_PASSWORD=\n')
      expect((await ask(at, ['secrets'])).of('secrets')).toMatch(/^skipped: /)
      await writeFile(join(at, '.env'), 'POSTGRES_PASSWORD=hidden\n')
      chmodSync(join(at, '.env'), 0o644)
      expect((await ask(at, ['secrets'])).of('secrets')).toBe(
        'warning: others on this machine may read .env',
      )
      chmodSync(join(at, '.env'), 0o600)
      expect((await ask(at, ['secrets'])).of('secrets')).toBe('ok: only you read .env')
      expect((await ask(at, ['git'])).of('git')).toMatch(/^warning: .*no repository/)
      git('init', '-q')
      git('add', '.env')
      const tracked = await ask(at, ['secrets', 'git'])
      expect(tracked.of('secrets')).toMatch(/^problem: git tracks .env/)
      expect(tracked.of('git')).toMatch(/^ok: /)
    },
  )

  it('finds a port that another program has', async () => {
    const server = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const answer = await ask(whole, ['serve port'], { PORT: String(port) })
    expect(answer.of('serve port')).toBe(`warning: ${port} is taken by another program`)
  })
})
