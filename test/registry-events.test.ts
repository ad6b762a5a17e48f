/** Events of the registry, sent to real servers on this machine. */
import { createHmac } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { registryEventSchema, type WebhookConfig } from '../src/contracts/index.ts'
import {
  folderArtifactStore,
  openRegistry,
  type Registry,
  type RegistryOptions,
} from '../src/registry/index.ts'
import { exampleLineage, exampleManifest, exampleVersion } from './support/model-example.ts'

const SECRET = 'a secret of many letters'
const ENV = { HOOK_SECRET: SECRET, GITHUB_TOKEN: 'token-of-github' }
const NOW = { env: ENV, attempts: 1, timeoutMs: 2000 }

interface Received {
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** A receiver that answers with these, one after the other, and the last one for ever; null: never. */
async function receiver(answers: readonly (number | null)[] = [200], port = 0) {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const status = answers[Math.min(received.length, answers.length - 1)]!
    const { url = '', headers } = request
    received.push({ url, headers, body: await text(request) })
    if (status !== null) response.writeHead(status, { location: '/elsewhere' }).end('{}')
  })
  const at = await listen(server, port)
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${at}/hook?team=a`, port: at, received, server }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((done) =>
    server.listen(port, '127.0.0.1', () => done((server.address() as AddressInfo).port)),
  )
}

const ALL = ['model.registered', 'model.staged', 'model.promoted', 'model.rolled_back'] as const

function hook(url: string, change: Partial<WebhookConfig> = {}): WebhookConfig {
  return { url, events: [...ALL], secret_env: 'HOOK_SECRET', allow_private: true, ...change }
}

let folder = ''
async function openWith(options: Partial<RegistryOptions>): Promise<Registry> {
  if (folder === '') {
    folder = mkdtempSync(join(tmpdir(), 'atelier-events-'))
    closing.push(() => {
      rmSync(folder, { recursive: true })
      folder = ''
    })
  }
  const store = folderArtifactStore(join(folder, 'store'))
  const registry = await openRegistry({ path: join(folder, 'a.db') }, { store, ...options })
  closing.push(() => registry.close())
  return registry
}

const point = (alias: string, version: number) => ({
  ...{ name: 'classifier', alias, version, actor: 'Ada' },
})

describe('webhooks', () => {
  it('get a signed event that fits its schema', async () => {
    const { url, received } = await receiver()
    const registry = await openWith({ webhooks: [hook(url)] })
    await registry.register(exampleVersion('one'))
    const [delivery] = await registry.deliver(NOW)
    expect(delivery).toMatchObject({ state: 'delivered', attempts: 1, outcome: 'HTTP 200' })
    const [{ headers, body, url: path }] = received as [Received]
    const [entry] = await registry.history({})
    const event = registryEventSchema.parse(JSON.parse(body))
    expect(event).toMatchObject({
      ...{ event: 'model.registered', actor: 'Ada', sequence: 1, hash: entry!.hash, alias: null },
      model: { name: 'classifier', version: 1, uri: 'models:/classifier/1', bytes: 3 },
    })
    expect(path).toBe('/hook?team=a')
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-atelier-event': 'model.registered',
      'x-atelier-delivery': delivery!.id,
    })
    const [, time, code] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(
      String(headers['x-atelier-signature']),
    )!
    expect(Math.abs(Date.now() / 1000 - Number(time))).toBeLessThan(60)
    expect(code).toBe(createHmac('sha256', SECRET).update(`${time}.${body}`).digest('hex'))
    expect(JSON.stringify([delivery, headers, body])).not.toContain(SECRET)
  })

  it('can be checked as docs/registry.md shows it', async () => {
    const { url, received } = await receiver()
    const registry = await openWith({ webhooks: [hook(url)] })
    await registry.register(exampleVersion('one', { description: 'Größe' }))
    await registry.deliver(NOW)
    const docs = readFileSync(join(import.meta.dirname, '../docs/registry.md'), 'utf8')
    const [, code] = /```js\n([\s\S]*?)```/.exec(docs)!
    const module = `${code}\nexport { isGenuine }`
    const { isGenuine } = await import(`data:text/javascript,${encodeURIComponent(module)}`)
    const [{ body, headers }] = received as [Received]
    const signature = String(headers['x-atelier-signature'])
    expect(isGenuine(Buffer.from(body), signature, SECRET)).toBe(true)
    expect(isGenuine(Buffer.from(`${body} `), signature, SECRET)).toBe(false)
    expect(isGenuine(Buffer.from(body), signature, 'another')).toBe(false)
    const [, seconds] = /^t=(\d+)/.exec(signature)!
    const late = signature.replace(seconds!, String(Number(seconds) - 400))
    expect(isGenuine(Buffer.from(body), late, SECRET)).toBe(false)
  })

  it('are told of what they asked for, once', async () => {
    const all = await receiver()
    const some = await receiver()
    const registry = await openWith({
      webhooks: [hook(all.url), hook(some.url, { events: ['model.rolled_back'] })],
    })
    for (const text of ['one', 'two']) await registry.register(exampleVersion(text))
    for (const version of [1, 2]) await registry.setAlias(point('staging', version))
    await registry.setAlias(point('other', 1))
    await registry.describe({ name: 'classifier', version: 1, actor: 'Ada', tags: ['x'] })
    await registry.rollback({ name: 'classifier', alias: 'staging', actor: 'Bea', reason: 'slow' })
    await registry.deliver(NOW)
    await registry.deliver(NOW)
    const told = ({ received }: typeof all) =>
      received.map(({ body }) => {
        const { event, alias, model, previous_version } = JSON.parse(body)
        return `${event} ${alias} ${previous_version} ${model.version}`
      })
    expect(told(all)).toEqual([
      'model.registered null null 1',
      'model.registered null null 2',
      'model.staged staging null 1',
      'model.staged staging 1 2',
      'model.rolled_back staging 2 1',
    ])
    expect(told(some)).toEqual(['model.rolled_back staging 2 1'])
    const ids = [...all.received, ...some.received].map(({ body }) => JSON.parse(body).id)
    expect(new Set(ids).size).toBe(5)
    expect(await registry.undelivered()).toEqual([])
  })

  it('are asked again after an error of the server, with the same id and body', async () => {
    const { url, received } = await receiver([503, 429, 201])
    const registry = await openWith({ webhooks: [hook(url)] })
    await registry.register(exampleVersion('one'))
    const started = performance.now()
    const [delivery] = await registry.deliver({ ...NOW, attempts: 3 })
    expect(delivery).toMatchObject({ state: 'delivered', attempts: 3, outcome: 'HTTP 201' })
    expect(performance.now() - started).toBeGreaterThan(1450)
    expect(new Set(received.map(({ body }) => body)).size).toBe(1)
    expect(new Set(received.map(({ headers }) => headers['x-atelier-delivery'])).size).toBe(1)
  })

  it.each([
    [400, 'failed', 'HTTP 400'],
    [302, 'failed', 'HTTP 302: redirects are not followed'],
    [500, 'pending', 'HTTP 500'],
    [null, 'pending', 'no answer in time'],
  ] as const)('that answer %s leave it %s', async (status, state, outcome) => {
    const { url, received } = await receiver([status])
    const registry = await openWith({ webhooks: [hook(url)] })
    await registry.register(exampleVersion('one'))
    const options = { ...NOW, timeoutMs: 300 }
    expect(await registry.deliver(options)).toMatchObject([{ state, outcome, attempts: 1 }])
    expect(received.map((request) => request.url)).toEqual(['/hook?team=a'])
    expect(await registry.undelivered()).toMatchObject([{ state, attempts: 1 }])
    // what was refused is only sent again when that is asked for
    expect(await registry.deliver(options)).toHaveLength(state === 'pending' ? 1 : 0)
    expect(await registry.deliver({ ...options, failedToo: true })).toHaveLength(1)
  })

  it('that are away get everything later, in order', async () => {
    const { url, port, server } = await receiver()
    await new Promise((done) => server.close(done))
    const registry = await openWith({ webhooks: [hook(url)] })
    for (const text of ['one', 'two', 'three']) await registry.register(exampleVersion(text))
    expect(await registry.deliver(NOW)).toMatchObject([
      { sequence: 1, state: 'pending', outcome: 'ECONNREFUSED' },
    ])
    await registry.close()
    const again = await openWith({ webhooks: [] })
    expect(await again.undelivered()).toHaveLength(3)
    const { received } = await receiver([200], port)
    expect(await again.deliver(NOW)).toHaveLength(3)
    expect(received.map(({ body }) => JSON.parse(body).sequence)).toEqual([1, 2, 3])
  })

  it('keep no other waiting, and are not sent to twice at once', async () => {
    const [away, there] = [await receiver([null]), await receiver()]
    const registry = await openWith({ webhooks: [hook(away.url), hook(there.url)] })
    await registry.register(exampleVersion('one'))
    const options = { ...NOW, timeoutMs: 500 }
    const both = await Promise.all([registry.deliver(options), registry.deliver(options)])
    expect(both.flat()).toHaveLength(2)
    expect([away.received.length, there.received.length]).toEqual([1, 1])
  })

  it('hear nothing of what did not happen', async () => {
    const { url } = await receiver()
    const registry = await openWith({ webhooks: [hook(url)] })
    await registry.register(exampleVersion('one'))
    await registry.register(exampleVersion('one'))
    await registry.setAlias(point('staging', 1))
    await registry.setAlias(point('staging', 1))
    await expect(registry.setAlias({ ...point('staging', 1), expected: 7 })).rejects.toThrow()
    expect((await registry.undelivered()).map(({ event }) => event)).toEqual([
      'model.registered',
      'model.staged',
    ])
  })

  it('wait for their secret', async () => {
    const { url, received } = await receiver()
    const registry = await openWith({ webhooks: [hook(url)] })
    await registry.register(exampleVersion('one'))
    expect(await registry.deliver({ ...NOW, env: {} })).toMatchObject([
      { state: 'pending', attempts: 0, outcome: expect.stringContaining('HOOK_SECRET is not set') },
    ])
    expect(received).toEqual([])
    expect(await registry.deliver(NOW)).toMatchObject([{ state: 'delivered' }])
  })
})

describe('private addresses', () => {
  it.each(['127.0.0.1', 'localhost', '[::1]', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]'])(
    'are not sent to as %s, unless that is allowed',
    async (host) => {
      const { port, received } = await receiver()
      const url = `http://${host}:${port}/`
      const registry = await openWith({ webhooks: [hook(url, { allow_private: false })] })
      await registry.register(exampleVersion('one'))
      expect(await registry.deliver({ ...NOW, attempts: 3 })).toMatchObject([
        { state: 'failed', attempts: 1, outcome: expect.stringMatching(/private|reserved/) },
      ])
      expect(received).toEqual([])
    },
  )

  it('of cloud metadata are never sent to', async () => {
    const urls = ['http://169.254.169.254/latest/', 'http://[fe80::1]/', 'http://0.0.0.0:1/']
    const registry = await openWith({ webhooks: urls.map((url) => hook(url)) })
    await registry.register(exampleVersion('one'))
    const tried = await registry.deliver(NOW)
    expect(tried.map(({ state }) => state)).toEqual(['failed', 'failed', 'failed'])
    for (const { outcome } of tried) expect(outcome).toMatch(/link-local, metadata, or reserved/)
  })

  it('are no other schemes', async () => {
    const registry = await openWith({ webhooks: [hook('file:///etc/passwd')] })
    await registry.register(exampleVersion('one'))
    expect(await registry.deliver(NOW)).toMatchObject([
      { state: 'failed', outcome: 'file: is not http' },
    ])
  })
})

describe('GitHub', () => {
  const github = (url: string) => ({
    ...{ repository: 'ada/shoes', api: `${new URL(url).origin}/api/v3/` },
    ...{ token_env: 'GITHUB_TOKEN', allow_private: true },
  })

  it('is asked to start workflows of type staged_model', async () => {
    const { url, received } = await receiver([204])
    const registry = await openWith({ github: github(url) })
    const { version } = await registry.register(exampleVersion('one'))
    await registry.setAlias(point('other', 1))
    expect(await registry.deliver(NOW)).toEqual([])
    await registry.setAlias(point('staging', 1))
    expect(await registry.deliver(NOW)).toMatchObject([{ state: 'delivered', kind: 'github' }])
    const [{ headers, body, url: path }] = received as [Received]
    expect(path).toBe('/api/v3/repos/ada/shoes/dispatches')
    expect(headers).toMatchObject({
      accept: 'application/vnd.github+json',
      authorization: 'Bearer token-of-github',
      'x-github-api-version': '2022-11-28',
    })
    const { event_type, client_payload } = JSON.parse(body)
    expect(event_type).toBe('staged_model')
    expect(client_payload).toMatchObject({
      ...{ model_uri: 'models:/classifier/1', model_name: 'classifier', model_version: 1 },
      ...{ alias: 'staging', sha256: version.sha256, run_id: '20261123-0531-cnn-quiet-otter' },
    })
    expect(Object.keys(client_payload).length).toBeLessThanOrEqual(10)
  })

  it('is passed nothing that a shell could run', async () => {
    const { url, received } = await receiver([204])
    const registry = await openWith({ github: github(url) })
    const evil = '$(touch /tmp/x)`id`;'
    const lineage = exampleLineage({ manifest: exampleManifest({ run_id: evil }) })
    await registry.register(exampleVersion('one', { lineage, actor: evil, description: evil }))
    await registry.setAlias({ ...point('staging', 1), actor: evil, reason: evil })
    await registry.deliver(NOW)
    expect(received[0]!.body).not.toMatch(/[$`;]|touch/)
  })
})
