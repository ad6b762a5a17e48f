/** The whole way in small, in a folder of its own: settings, data, training, report, service. */
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '..')
const manifest = createRequire(import.meta.url).resolve('atelier/package.json')
const cli = join(dirname(manifest), 'dist/main/atelier.js')
/** Seconds, and no download. */
const SMOKE = '+experiment=smoke'

let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), '__PROJECT__-'))
  await cp(join(root, 'conf'), join(folder, 'conf'), { recursive: true })
})
after(() => rm(folder, { recursive: true }))

// a test is not to reach the database of production
const { DATABASE_URL, MODEL_URI, LOG_URI, ATELIER_TOKEN, ...env } = process.env
const options = () => ({ cwd: folder, env, maxBuffer: 2 ** 26 })

async function atelier(...words) {
  const { stdout } = await run(process.execPath, [cli, ...words, '--json'], options())
  return JSON.parse(stdout)
}

describe('the settings', () => {
  it('compose, and name the data of this project', async () => {
    const config = await atelier('config')
    assert.equal(config.tracking.project, '__PROJECT__')
    assert.equal(config.registry.name, '__PROJECT__')
    assert.equal(config.data.source, '__SOURCE__')
  })
})

describe('a small model', () => {
  it('gets data without damage, copies and leaks', async () => {
    await atelier('data', 'prepare', SMOKE)
    const { findings } = await atelier('data', 'check', SMOKE)
    assert.deepEqual(findings, [])
  })

  it('is trained, exported and judged', async () => {
    await run(process.execPath, [cli, 'train', SMOKE], options())
    assert.ok(existsSync(join(folder, 'models/model.onnx')))
    await run(process.execPath, [cli, 'evaluate'], options())
    assert.ok(existsSync(join(folder, 'reports/report.html')))
  })

  it('answers a picture over HTTP', async () => {
    const words = [cli, 'serve', '--port', '0', '--json']
    const service = spawn(process.execPath, words, { ...options(), stdio: ['ignore', 'pipe', 2] })
    try {
      const [line] = await once(service.stdout, 'data')
      const { url } = JSON.parse(line)
      const body = new FormData()
      body.set('file', new Blob([await readFile(join(root, 'test/bag.png'))]), 'bag.png')
      const response = await fetch(`${url}predict`, { method: 'POST', body })
      assert.equal(response.status, 200)
      const answer = await response.json()
      const { classes } = await (await fetch(`${url}classes`)).json()
      assert.ok(classes.includes(answer.predicted_class))
      assert.ok(answer.confidence > 0 && answer.confidence <= 1)
    } finally {
      service.kill('SIGTERM')
      await once(service, 'exit')
    }
  })
})
