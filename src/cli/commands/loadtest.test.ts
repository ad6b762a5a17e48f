import { EventEmitter } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../core/index.ts'
import type { LoadResult } from '../../loadtest/index.ts'
import { commandTable } from '../command-table.ts'
import { runCli } from '../run-cli.ts'

interface Seen {
  readonly line: string
  readonly type: string | undefined
  readonly authorization: string | undefined
  readonly body: Buffer
}

let cwd = ''
let server: Server
let url = ''
let seen: Seen[] = []
let signals = new EventEmitter()
let answer: (request: IncomingMessage, response: ServerResponse) => void = () => {}

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'atelier-loadtest-'))
  seen = []
  signals = new EventEmitter()
  answer = (_, response) => response.end('{"status":"healthy"}')
  server = createServer(async (request, response) => {
    const { method, url: path, headers } = request
    const { 'content-type': type, authorization } = headers
    seen.push({ line: `${method} ${path}`, type, authorization, body: await buffer(request) })
    answer(request, response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await rm(cwd, { recursive: true })
})

async function loadtest(...argv: string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const code = await runCli({
    argv: ['loadtest', ...argv],
    cwd,
    env: {},
    stdin: Readable.from([]),
    stdout,
    stderr,
    clock: systemClock,
    signals,
    startService: () => Promise.reject(new Error('not in this test')),
    startMonitor: () => Promise.reject(new Error('not in this test')),
    exit: () => {},
    packageRoot: resolve(import.meta.dirname, '../../..'),
    startUi: () => Promise.reject(new Error('not in this test')),
    self: [process.execPath],
    commands: commandTable,
  })
  const text = (stream: PassThrough) => stream.read()?.toString() ?? ''
  return { code, out: text(stdout), err: text(stderr) }
}

const eager = ['-u', '3', '--wait', '0', '--max-requests', '170']

describe('atelier loadtest', () => {
  it('asks the routes that users ask, and prints a row for each', async () => {
    const { code, out, err } = await loadtest(url, ...eager)
    expect(err).toContain('Asking: 170 requests')
    expect(code).toBe(0)
    const count = (line: string) => seen.filter((request) => request.line === line).length
    for (const route of ['GET /health', 'GET /classes', 'POST /predict']) {
      expect(out).toMatch(new RegExp(`${route} +${count(route)} +0 `))
      expect(count(route)).toBeGreaterThan(5)
    }
    expect(out).toMatch(/all +170 +0 /)
    expect(seen).toHaveLength(170)
  })

  it('sends pictures in a form, the same for the same seed', async () => {
    await loadtest(url, ...eager, '--mix', 'predict=1')
    const first = seen.splice(0)
    const forms = await Promise.all(first.slice(0, 64).map(formOf))
    const files = forms.map((form) => form.get('file') as File)
    expect(new Set(files.map(({ name }) => name)).size).toBe(64)
    for (const file of files) {
      expect(file.type).toBe('image/png')
      const raster = await pixelsOf(file)
      expect(raster.some((value) => value !== raster[0])).toBe(true)
    }
    await loadtest(url, ...eager, '--mix', 'predict=1')
    const bodies = (requests: readonly Seen[]) =>
      requests.map(({ body }) => body.toString('latin1')).sort()
    expect(bodies(seen)).toEqual(bodies(first))
    seen.splice(0)
    await loadtest(url, ...eager, '--mix', 'predict=1', '--seed', '7')
    expect(bodies(seen)).not.toEqual(bodies(first))
  })

  it('sends the images of a folder as they are, and a token', async () => {
    const jpeg = Buffer.from('\xff\xd8\xff\xe0 not looked at', 'latin1')
    await writeFile(join(cwd, 'shoe.jpg'), jpeg)
    await writeFile(join(cwd, 'notes.txt'), 'no image')
    const options = ['--images', '.', '--body', 'raw', '--token', 'secret', '--max-requests', '3']
    const { code } = await loadtest(url, '--mix', 'predict=1', '--wait', '0', ...options)
    expect(code).toBe(0)
    const request = { type: 'image/jpeg', authorization: 'Bearer secret', body: jpeg }
    expect(seen).toEqual(Array.from({ length: 3 }, () => ({ line: 'POST /predict', ...request })))
  })

  it('sends several images to the batch route', async () => {
    await loadtest(url, '--mix', 'batch=1', '--wait', '0', '--max-requests', '1', '-u', '1')
    const form = await formOf(seen[0]!)
    expect(seen[0]!.line).toBe('POST /predict/batch')
    expect(form.getAll('files')).toHaveLength(8)
  })

  it('fails when requests fail, and says how', async () => {
    let count = 0
    answer = (_, response) => {
      if (count++ % 10 === 0) response.writeHead(503)
      response.end()
    }
    const options = ['--mix', 'health=1', '--wait', '0', '--max-requests', '100', '-u', '1']
    const failed = await loadtest(url, ...options)
    expect(failed.code).toBe(1)
    expect(failed.out).toMatch(/GET \/health +status 503 +10/)
    expect(failed.err).toContain(
      'error[LOAD_FAILED]: The load test failed: 10 of 100 requests failed (10 %, wanted at most 0 %).',
    )
    count = 0
    expect((await loadtest(url, ...options, '--fail-above', 'errors=10%')).code).toBe(0)
    count = 0
    expect((await loadtest(url, ...options, '--fail-above', 'errors=9.9%')).code).toBe(1)
  })

  it('fails above the latencies it was given', async () => {
    answer = (_, response) => setTimeout(() => response.end(), 30)
    const options = ['--mix', 'health=1', '--wait', '0', '--max-requests', '5', '--fail-above']
    expect((await loadtest(url, ...options, 'p99=2s,mean=1000ms,errors=1%')).code).toBe(0)
    const slow = await loadtest(url, ...options, 'p50=10ms,p99.9=2s,max=20ms')
    expect(slow.code).toBe(1)
    expect(slow.err).toMatch(/p50 is \d+(?:\.\d)? ms, wanted at most 10\.0 ms; max is/)
  })

  it('writes tables as Locust does, and a page that asks nobody for anything', async () => {
    const reports = ['--csv', 'out/load', '--html', 'out/load.html']
    const { code, err } = await loadtest(url, ...eager, ...reports, '--json')
    expect(code, err).toBe(0)
    expect((await readdir(join(cwd, 'out'))).sort()).toEqual([
      'load.html',
      'load_failures.csv',
      'load_history.csv',
      'load_stats.csv',
    ])
    const table = async (name: string) =>
      (await readFile(join(cwd, `out/load_${name}.csv`), 'utf8'))
        .trimEnd()
        .split('\n')
        .map((line) => line.split(','))
    const [header, ...rows] = await table('stats')
    expect(header!.slice(0, 4)).toEqual(['Type', 'Name', 'Request Count', 'Failure Count'])
    expect(rows.map(([type, name]) => `${type} ${name}`)).toEqual([
      'GET /health',
      'GET /classes',
      'POST /predict',
      ' Aggregated',
    ])
    expect(rows.at(-1)![2]).toBe('170')
    for (const row of [...rows, ...(await table('history'))]) expect(row).not.toContain('NaN')
    expect(await table('failures')).toEqual([['Method', 'Name', 'Error', 'Occurrences']])
    const page = await readFile(join(cwd, 'out/load.html'), 'utf8')
    expect(page).toContain('No request failed.')
    expect(page.match(/<svg /g)!.length).toBeGreaterThanOrEqual(3)
    expect(page).not.toMatch(/<script|<link|\ssrc=|@import|url\((?!#)/)
    expect(page).not.toMatch(/NaN|undefined|null/)
  })

  it('prints all it counted as JSON', async () => {
    const { out } = await loadtest(url, '-r', '100', '-d', '0.5', '--json')
    const result: LoadResult = JSON.parse(out)
    expect(result).toMatchObject({ ended: 'duration', failures: [], total: { requests: 50 } })
    expect(result.routes.reduce((sum, { requests }) => sum + requests, 0)).toBe(50)
    expect(result.client.lateness!.p99).toBeGreaterThanOrEqual(0)
  })

  it('ends early at Ctrl-C, with a report', async () => {
    setTimeout(() => signals.emit('SIGINT'), 400)
    const { code, out } = await loadtest(url, '--wait', '0.01', '--html', 'load.html')
    expect(code).toBe(0)
    expect(out).toMatch(/all +\d{2,} +0 /)
    expect(await readFile(join(cwd, 'load.html'), 'utf8')).toContain('stopped by hand')
  })

  it.each([
    [['not a url'], 'is no address of a service'],
    [['ftp://127.0.0.1'], 'is no address of a service'],
    [['http://user:pw@127.0.0.1'], 'holds a password'],
    [['http://127.0.0.1?x=1'], 'query'],
    [['http://127.0.0.1', '--mix', 'health=1,shoes=2'], "--mix has 'shoes=2'"],
    [['http://127.0.0.1', '--mix', 'health=0'], 'asks for nothing'],
    [['http://127.0.0.1', '--wait', '3-1'], "--wait is '3-1'"],
    [['http://127.0.0.1', '--users', '0'], '--users is 0, wanted 1 to'],
    [['http://127.0.0.1', '--rate', '0'], '--rate is 0, wanted'],
    [['http://127.0.0.1', '--duration', '-1'], '--duration is -1, wanted'],
    [['http://127.0.0.1', '--connections', '4'], '--connections goes with --rate'],
    [['http://127.0.0.1', '--token', 'a\r\nb'], '--token holds'],
    [['http://127.0.0.1', '--fail-above', 'p42=1ms'], "--fail-above has 'p42=1ms'"],
    [['http://127.0.0.1', '--fail-above', 'p99=1%'], "--fail-above has 'p99=1%'"],
  ])('refuses %j', async (argv, message) => {
    const { code, err } = await loadtest(...argv)
    expect(err).toContain(message)
    expect(code).toBe(2)
  })

  it('says that nothing listens there, and that a folder has no images', async () => {
    server.close()
    const { code, err } = await loadtest(url)
    expect(code).toBe(3)
    expect(err).toContain(`${url} takes no connection: refused.`)
    expect((await loadtest(url, '--images', '.')).err).toContain('holds no images')
  })
})

const formOf = ({ type, body }: Seen) =>
  new Response(new Uint8Array(body), { headers: { 'content-type': type! } }).formData()

async function pixelsOf(file: File): Promise<Uint8Array> {
  const { data, info } = await sharp(await file.arrayBuffer())
    .raw()
    .toBuffer({ resolveWithObject: true })
  expect([info.width, info.height]).toEqual([28, 28])
  return data
}
