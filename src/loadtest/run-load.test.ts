import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../core/index.ts'
import { type ClosedLoop, type LoadPlan, type OpenLoop, runLoad, serviceRoutes } from './index.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function listen(server: Server, scheme = 'http'): Promise<URL> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return new URL(`${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

const serve = (handler: Handler) => listen(createServer(handler))

async function serveBytes(onSocket: (socket: Socket) => void): Promise<URL> {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket.on('error', () => {}))
    onSocket(socket)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  closers.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

const eager = (users: number): ClosedLoop => ({ kind: 'closed', users, ramp: 0, wait: [0, 0] })
const steady = (rate: number, connections = 64): OpenLoop => ({ kind: 'open', rate, connections })
const image = { name: 'a.png', bytes: Buffer.from('\x89PNG\r\n\x1a\n', 'latin1') }

function planOf(url: URL, change: Partial<LoadPlan> = {}): LoadPlan {
  const routes = serviceRoutes({ health: 1 }, { url, images: [], body: 'multipart' })
  return { url, routes, pace: eager(1), duration: 0.5, timeout: 2, seed: 1, ...change }
}

const run = (plan: LoadPlan, deps: Partial<Parameters<typeof runLoad>[1]> = {}) =>
  runLoad(plan, { clock: systemClock, ...deps })

const hello: Handler = (_, response) => response.end('hello')

describe('runLoad, closed loop', () => {
  it('asks for each route as often as its weight says, with the same draws for the same seed', async () => {
    const seen: string[] = []
    const url = await serve((request, response) => {
      seen.push(`${request.method} ${request.url}`)
      request.resume().on('end', () => response.end('hello'))
    })
    const routes = serviceRoutes(
      { health: 5, predict: 10, classes: 2 },
      { url, images: [image], body: 'multipart' },
    )
    const plan = planOf(url, { routes, pace: eager(1), maxRequests: 850, duration: 20 })
    const result = await run(plan)
    expect(result).toMatchObject({ ended: 'requests', failures: [], unfinished: 0 })
    expect(result.total).toMatchObject({ requests: 850, failures: 0, mean_bytes: 5 })
    const counts = Object.fromEntries(result.routes.map((route) => [route.name, route.requests]))
    expect(counts).toEqual({
      'GET /health': seen.filter((name) => name === 'GET /health').length,
      'GET /classes': seen.filter((name) => name === 'GET /classes').length,
      'POST /predict': seen.filter((name) => name === 'POST /predict').length,
    })
    expect(counts['POST /predict']! / 850).toBeCloseTo(10 / 17, 1)
    expect(counts['GET /health']! / 850).toBeCloseTo(5 / 17, 1)
    const first = seen.splice(0)
    await run(plan)
    expect(seen).toEqual(first)
  })

  it('never has more requests on their way than users, over one connection each', async () => {
    let [active, most, connections] = [0, 0, 0]
    const server = createServer((_, response) => {
      most = Math.max(most, ++active)
      setTimeout(() => {
        active--
        response.end('hello')
      }, 5)
    }).on('connection', () => connections++)
    const result = await run(planOf(await listen(server), { pace: eager(7), duration: 0.3 }))
    expect(most).toBe(7)
    // one more looks whether the service is there
    expect(connections).toBe(8)
    expect(result.total.requests).toBeGreaterThan(7 * 15)
    expect(result.total.latency.min).toBeGreaterThanOrEqual(4)
  })

  it('lets users think after an answer, and come one by one', async () => {
    const times: number[] = []
    const url = await serve((_, response) => {
      times.push(performance.now())
      response.end('hello')
    })
    const pace: ClosedLoop = { kind: 'closed', users: 4, ramp: 0.2, wait: [10, 10] }
    const result = await run(planOf(url, { pace, duration: 0.5 }))
    expect(result.total.requests).toBe(4)
    // one each 67 ms; a busy machine may hold the earlier ones up
    expect(times[3]! - times[0]!).toBeGreaterThan(80)
    expect(result.history.map(({ users }) => users)).toEqual([4])
    expect(result.seconds).toBeGreaterThan(0.45)
    const fast = await run(planOf(url, { pace: { ...pace, ramp: 0, wait: [0.1, 0.2] } }))
    expect(fast.total.requests).toBeGreaterThanOrEqual(4 * 2)
    expect(fast.total.requests).toBeLessThanOrEqual(4 * 5)
  })

  it('counts bad answers by status, apart from the latencies of good ones', async () => {
    let count = 0
    const url = await serve((_, response) => {
      const turn = count++ % 10
      if (turn < 3) response.writeHead(503, { 'retry-after': '1' }).end('{"detail":"full"}')
      else if (turn === 3) response.writeHead(500).end()
      else setTimeout(() => response.end('hello'), 20)
    })
    const result = await run(planOf(url, { maxRequests: 100, duration: 20, pace: eager(5) }))
    expect(result.total).toMatchObject({ requests: 100, failures: 40 })
    expect(result.failures).toMatchObject([
      { route: 'GET /health', kind: 'status 503', count: 30 },
      { route: 'GET /health', kind: 'status 500', count: 10 },
    ])
    expect(result.total.latency.min).toBeGreaterThan(18)
    expect(result.total.failure_latency.p50).toBeLessThan(15)
    expect(result.total.good_rate / result.total.rate).toBeCloseTo(0.6, 6)
  })

  it('reads chunked answers, and opens new connections where they are not kept', async () => {
    let connections = 0
    const server = createServer((_, response) => {
      response.setHeader('connection', 'close')
      response.write('hel')
      setImmediate(() => response.end('lo'))
    }).on('connection', () => connections++)
    const url = await listen(server)
    const result = await run(planOf(url, { maxRequests: 40, duration: 20, pace: eager(2) }))
    expect(result.total).toMatchObject({ requests: 40, failures: 0, mean_bytes: 5 })
    expect(connections).toBe(41)
  })

  it('tells connections that close, that are reset, and what is no HTTP', async () => {
    const url = await serve((request, response) => {
      const { socket } = request
      if (request.url === '/classes') socket.resetAndDestroy()
      else if (request.url === '/health') {
        response.writeHead(200, { 'content-length': 10 })
        response.write('hello', () => socket.end())
      } else socket.end('SSH-2.0-OpenSSH\r\n\r\n')
    })
    const routes = serviceRoutes(
      { health: 1, classes: 1, root: 1 },
      { url, images: [], body: 'raw' },
    )
    const result = await run(planOf(url, { routes, maxRequests: 12, duration: 20, pace: eager(2) }))
    expect(result.total).toMatchObject({ requests: 12, failures: 12 })
    const kinds = result.failures.map(({ route, kind }) => `${route} ${kind}`)
    expect(kinds.sort()).toEqual(['GET / malformed', 'GET /classes reset', 'GET /health closed'])
  })

  it('gives requests up that take too long, and goes on', async () => {
    let count = 0
    const url = await serve((_, response) => {
      if (count++ % 2 === 1) response.end('hello')
    })
    const result = await run(planOf(url, { timeout: 0.1, maxRequests: 6, duration: 20 }))
    expect(result.total).toMatchObject({ requests: 6, failures: 3 })
    expect(result.failures).toMatchObject([{ route: 'GET /health', kind: 'timeout', count: 3 }])
    expect(result.total.failure_latency.min).toBeGreaterThanOrEqual(100)
    expect(result.total.failure_latency.max).toBeLessThan(300)
  })

  it('does not hammer a service that has gone away', async () => {
    const server = createServer((_, response) => {
      response.end('hello', () => {
        server.close()
        server.closeAllConnections()
      })
    })
    const result = await run(planOf(await listen(server), { pace: eager(1) }))
    expect(result.total.requests - result.total.failures).toBe(1)
    expect(result.failures.find(({ kind }) => kind === 'refused')!.count).toBeLessThanOrEqual(6)
  })

  it('waits for the last answers when its time is up', async () => {
    const url = await serve((_, response) => {
      setTimeout(() => response.end('hello'), 300)
    })
    const result = await run(planOf(url, { duration: 0.1, pace: eager(3) }))
    expect(result).toMatchObject({ ended: 'duration', unfinished: 0 })
    expect(result.total).toMatchObject({ requests: 3, failures: 0, rate: 0 })
    expect(result.seconds).toBeLessThan(0.2)
  })

  it('stops at once when told to, and reports what it has', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/health') response.end('hello')
    })
    const routes = serviceRoutes({ health: 50, classes: 1 }, { url, images: [], body: 'raw' })
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 300)
    const begun = performance.now()
    const result = await run(planOf(url, { routes, pace: eager(2), duration: 30, timeout: 30 }), {
      signal: controller.signal,
    })
    expect(performance.now() - begun).toBeLessThan(1000)
    expect(result).toMatchObject({ ended: 'signal', failures: [] })
    expect(result.unfinished).toBeGreaterThan(0)
    expect(result.total.requests).toBeGreaterThan(0)
  })

  it('gives answers and points to who asks for them', async () => {
    const url = await serve(hello)
    const bodies = new Set<string>()
    const points: number[] = []
    const result = await run(planOf(url, { duration: 1.3 }), {
      onAnswer: ({ status, body }) => bodies.add(`${status} ${body}`),
      onPoint: ({ requests }) => points.push(requests),
    })
    expect([...bodies]).toEqual(['200 hello'])
    expect(points).toEqual([result.history[0]!.requests])
    expect(result.history).toHaveLength(2)
    expect(result.history.at(-1)!.total.requests).toBe(result.total.requests)
    expect(result.history.reduce((sum, { requests }) => sum + requests, 0)).toBe(
      result.total.requests,
    )
  })
})

describe('runLoad, open loop', () => {
  it('keeps its rate and shows a stall in the latencies, of those too that were due in it', async () => {
    let stalled = false
    const begun = performance.now()
    const url = await serve((_, response) => {
      const now = performance.now() - begun
      stalled = now > 400 && now < 900
      setTimeout(() => response.end('hello'), stalled ? 900 - now : 0)
    })
    const result = await run(planOf(url, { pace: steady(200, 8), duration: 1.5 }))
    expect(result.total).toMatchObject({ requests: 300, failures: 0 })
    // a third of the load was due in the stall: half of those waited 250 ms and more
    expect(result.total.latency.max).toBeGreaterThan(350)
    expect(result.total.latency.p90).toBeGreaterThan(200)
    expect(result.total.latency.p50).toBeLessThan(100)
    expect(result.history[0]!.requests).toBeGreaterThan(150)
    expect(result.client.lateness!.p50).toBeLessThan(50)
  })

  it('opens no more connections than allowed, and gives up what waits too long for one', async () => {
    let [connections, asked] = [0, 0]
    const server = createServer(() => asked++).on('connection', () => connections++)
    const url = await listen(server)
    const result = await run(planOf(url, { pace: steady(100, 3), duration: 0.4, timeout: 0.2 }))
    expect(result.total).toMatchObject({ requests: 40, failures: 40 })
    const count = (kind: string) => result.failures.find((group) => group.kind === kind)!.count
    expect(count('timeout')).toBe(asked)
    expect(count('no connection')).toBe(40 - asked)
    expect(connections).toBe(asked + 1)
  })

  it('tells how soon the service refused, however late it was asked', async () => {
    const url = await serve((_, response) => setTimeout(() => response.writeHead(503).end(), 20))
    const result = await run(planOf(url, { pace: steady(100, 1), duration: 0.5 }))
    expect(result.total).toMatchObject({ requests: 50, failures: 50 })
    expect(result.total.failure_latency.min).toBeGreaterThanOrEqual(18)
    expect(result.total.failure_latency.p50).toBeLessThan(80)
  })

  it('ends after so many requests', async () => {
    const result = await run(
      planOf(await serve(hello), { pace: steady(500), maxRequests: 50, duration: 20 }),
    )
    expect(result).toMatchObject({ ended: 'requests', total: { requests: 50, failures: 0 } })
    expect(result.seconds).toBeGreaterThan(0.09)
    expect(result.seconds).toBeLessThan(1)
  })
})

describe('runLoad, reaching the service', () => {
  it('says before the load that nothing listens there', async () => {
    const server = createServer(hello)
    const url = await listen(server)
    server.close()
    await expect(run(planOf(url))).rejects.toMatchObject({
      code: 'LOAD_UNREACHABLE',
      message: `${url.origin} takes no connection: refused.`,
    })
  })

  it('says that a name is not known', async () => {
    await expect(run(planOf(new URL('http://no-such-host.invalid')))).rejects.toMatchObject({
      code: 'LOAD_UNREACHABLE',
      message: expect.stringContaining('no-such-host.invalid'),
    })
  })

  it('sends the token, and the path of the address before that of the route', async () => {
    const seen: unknown[] = []
    const url = await serve(({ headers, url: path }, response) => {
      seen.push([path, headers.authorization, headers.host])
      response.end()
    })
    const deep = new URL('/models/shoes/', url)
    const routes = serviceRoutes(
      { health: 1 },
      { url: deep, token: 'secret', images: [], body: 'raw' },
    )
    await run(planOf(deep, { routes, maxRequests: 1 }))
    expect(seen).toEqual([['/models/shoes/health', 'Bearer secret', url.host]])
  })

  it('reads an answer that needs no request, and what ends with the connection', async () => {
    const url = await serveBytes((socket) => {
      socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\n\r\nhello'))
    })
    const result = await run(planOf(url, { maxRequests: 5 }))
    expect(result.total).toMatchObject({ requests: 5, failures: 0, mean_bytes: 5 })
  })
})

const hasOpenssl = spawnSync('openssl', ['version']).status === 0

describe.skipIf(!hasOpenssl)('runLoad over TLS (needs openssl)', () => {
  it('refuses a certificate it cannot check unless told to take any', async () => {
    const url = await listen(createTlsServer(selfSigned(), hello), 'https')
    await expect(run(planOf(url))).rejects.toMatchObject({
      code: 'LOAD_UNREACHABLE',
      hint: expect.stringContaining('--insecure'),
    })
    const result = await run(planOf(url, { insecure: true, pace: eager(3), maxRequests: 100 }))
    expect(result.total).toMatchObject({ requests: 100, failures: 0, mean_bytes: 5 })
  })
})

function selfSigned() {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-load-'))
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const request = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
    ]
    const made = ['-keyout', key, '-out', cert, '-subj', '/CN=localhost', '-days', '2']
    expect(spawnSync('openssl', [...request, ...made]).status).toBe(0)
    return { key: readFileSync(key), cert: readFileSync(cert) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
