/** `atelier serve` as a process: how it starts, and how it ends. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sha256, writeFileAtomic } from '../src/core/index.ts'
import { runAtelier } from './support/atelier-process.ts'
import { serveAtelier } from './support/served.ts'
import { exampleModel, flatPng } from './support/service-example.ts'

let folder = ''
let png: Buffer
beforeAll(async () => {
  png = await flatPng(100)
})
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-serve-'))
  await mkdir(join(folder, 'models'))
  await writeFile(join(folder, 'models/model.onnx'), exampleModel())
  return () => rm(folder, { recursive: true })
})

const get = async (url: string) => {
  const response = await fetch(url)
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('atelier serve', () => {
  it('prints one line of JSON once it is ready, and takes a model that training puts there', async () => {
    const served = await serveAtelier(folder)
    expect(served.line).toEqual({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/),
      model: 'example',
      version: null,
      sha256: sha256(exampleModel()),
    })
    expect(await get(`${served.url}ready`)).toEqual({ status: 200, body: { ready: true } })
    const next = exampleModel({ shift: 1 })
    await writeFileAtomic(join(folder, 'models/model.onnx'), next)
    const shaNow = async () =>
      ((await get(`${served.url}version`)).body['model'] as { sha256: string }).sha256
    await expect.poll(shaNow, { timeout: 10_000 }).toBe(sha256(next))
    served.signal('SIGTERM')
    const { code, stdout, stderr } = await served.finished
    expect({ code, stderr }).toMatchObject({ code: 0 })
    expect(stdout.trim().split('\n')).toHaveLength(1)
  })

  it('takes the model and the port that the environment names, arguments before them', async () => {
    await writeFile(join(folder, 'other.onnx'), exampleModel({ shift: 2 }))
    const env = { MODEL_URI: 'other.onnx', PORT: '1' }
    const served = await serveAtelier(folder, [], env)
    expect(served.line.sha256).toBe(sha256(exampleModel({ shift: 2 })))
    served.signal('SIGINT')
    expect((await served.finished).code).toBe(0)
    const refused = await runAtelier(folder, ['serve'], { env: { PORT: 'x' } })
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("PORT is 'x'") })
  })

  it('runs without a model, says so, and serves the one that comes', async () => {
    await rm(join(folder, 'models/model.onnx'))
    const served = await serveAtelier(folder)
    expect(served.line.model).toBe(null)
    expect((await get(`${served.url}health`)).body).toMatchObject({ status: 'degraded' })
    expect((await get(`${served.url}ready`)).status).toBe(503)
    await writeFileAtomic(join(folder, 'models/model.onnx'), exampleModel())
    const status = async () => (await get(`${served.url}ready`)).status
    await expect.poll(status, { timeout: 10_000 }).toBe(200)
    served.signal('SIGTERM')
    expect((await served.finished).code).toBe(0)
  })

  it('listens where others reach it only with a token, and says how to make one', async () => {
    const given = [['--host', '0.0.0.0'], ['serving.host=0.0.0.0'], ['--token', 'short']]
    const starts = given.map((args) => runAtelier(folder, ['serve', '--port', '0', ...args]))
    for (const refused of await Promise.all(starts)) {
      expect(refused.code).toBe(2)
      expect(refused.stderr).toContain('error[TOKEN_MISSING]')
      expect(refused.stderr).toContain('ATELIER_TOKEN=$(node')
    }
    const token = 'a-token-of-some-length'
    const served = await serveAtelier(folder, ['--host', '0.0.0.0'], { ATELIER_TOKEN: token })
    expect((await get(`${served.url}metrics`)).status).toBe(401)
    const authorization = `Bearer ${token}`
    const metrics = await fetch(`${served.url}metrics`, { headers: { authorization } })
    expect(metrics.status).toBe(200)
    served.signal('SIGTERM')
    const { stdout, stderr } = await served.finished
    expect(stdout + stderr).not.toContain(token)
  })

  it('says which port is taken', async () => {
    const served = await serveAtelier(folder)
    const { port } = new URL(served.url)
    const second = await runAtelier(folder, ['serve', '--port', port])
    expect(second).toMatchObject({ code: 4, stderr: expect.stringContaining('PORT_UNAVAILABLE') })
    served.signal('SIGTERM')
    await served.finished
  })
})

interface Answered {
  readonly status: number | 'refused' | 'cut'
  readonly ready?: boolean
}

/** Asks on a connection of its own that stays open, until the server ends it. */
async function ask(url: string, agent: Agent): Promise<Answered> {
  return new Promise((done) => {
    const headers = { 'content-type': 'image/png', 'content-length': png.length }
    const sent = request(`${url}predict`, { method: 'POST', agent, headers }, (response) => {
      response.resume()
      response.on('end', () => done({ status: response.statusCode! }))
      response.on('error', () => done({ status: 'cut' }))
    })
    sent.on('error', (error: NodeJS.ErrnoException) => {
      done({ status: error.code === 'ECONNREFUSED' ? 'refused' : 'cut' })
    })
    sent.end(png)
  })
}

describe('a service that is told to stop', () => {
  it('answers all it has accepted, is not ready meanwhile, and ends by itself', async () => {
    const served = await serveAtelier(folder)
    const agents = Array.from({ length: 8 }, () => new Agent({ keepAlive: true, maxSockets: 1 }))
    const answers: Answered[] = []
    const clients = agents.map(async (agent) => {
      for (;;) {
        const answer = await ask(served.url, agent)
        answers.push(answer)
        if (typeof answer.status !== 'number') return
      }
    })
    await expect.poll(() => answers.length).toBeGreaterThan(100)
    const began = performance.now()
    served.signal('SIGTERM')
    await Promise.all(clients)
    const { code, stderr } = await served.finished
    for (const agent of agents) agent.destroy()
    expect({ code, stderr }).toMatchObject({ code: 0 })
    expect(performance.now() - began).toBeLessThan(5000)
    const statuses = new Set(answers.map(({ status }) => status))
    expect(statuses).toEqual(new Set([200, 'refused']))
  })

  it('tells who asks on an open connection that it is not ready', async () => {
    const served = await serveAtelier(folder)
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const ready = () =>
      new Promise<number>((done) => {
        request(`${served.url}ready`, { agent }, (response) => {
          response.resume().on('end', () => done(response.statusCode!))
        })
          .on('error', () => done(0))
          .end()
      })
    expect(await ready()).toBe(200)
    served.signal('SIGTERM')
    await new Promise((done) => setTimeout(done, 60))
    expect(await ready()).toBe(503)
    expect((await served.finished).code).toBe(0)
    agent.destroy()
  })

  it('twice ends at once', async () => {
    const served = await serveAtelier(folder, ['serving.drain_seconds=60'])
    const { hostname, port } = new URL(served.url)
    const held = connect(Number(port), hostname)
    held.on('error', () => {})
    held.write('POST /predict HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\n')
    await new Promise((done) => setTimeout(done, 100))
    served.signal('SIGTERM')
    await new Promise((done) => setTimeout(done, 500))
    const began = performance.now()
    served.signal('SIGTERM')
    expect((await served.finished).code).toBe(130)
    expect(performance.now() - began).toBeLessThan(1500)
    held.destroy()
  })

  it('cuts off who is still sending when its time is over', async () => {
    const served = await serveAtelier(folder, [
      ...['serving.drain_seconds=1', 'serving.request_timeout_ms=60000'],
    ])
    const { hostname, port } = new URL(served.url)
    const held = connect(Number(port), hostname)
    held.on('error', () => {})
    held.write('POST /predict HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\n')
    await new Promise((done) => setTimeout(done, 100))
    const began = performance.now()
    served.signal('SIGTERM')
    expect((await served.finished).code).toBe(0)
    const seconds = (performance.now() - began) / 1000
    expect(seconds).toBeGreaterThan(0.8)
    expect(seconds).toBeLessThan(4)
    held.destroy()
  })
})
