/** A service that logs to a bucket which is away at times, and is killed. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../src/core/index.ts'
import { openObjectPredictionStore } from '../src/monitoring/index.ts'
import { idAt } from '../src/monitoring/log/prediction-rows.ts'
import { createBuckets } from './support/object-bucket-model.ts'
import { s3Model, serveS3 } from './support/object-s3-server.ts'
import { startServer, type TestServer } from './support/object-web-server.ts'
import { type Served, serveAtelier } from './support/served.ts'
import { exampleModel, flatPng } from './support/service-example.ts'

const LOG_URI = 's3://bucket/predictions'
let folder = ''
let server: TestServer
let png: Uint8Array<ArrayBuffer>
let isAway = true
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-bucket-log-'))
  await mkdir(join(folder, 'models'))
  await writeFile(join(folder, 'models/model.onnx'), exampleModel())
  png = new Uint8Array(await flatPng(100))
  const emulated = serveS3(s3Model(createBuckets('bucket')))
  server = await startServer((request, response) => {
    if (isAway) request.socket.destroy()
    else emulated(request, response)
  })
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

const serve = () =>
  serveAtelier(folder, ['monitoring.segment_seconds=0.2'], {
    ...{ LOG_URI, AWS_ENDPOINT_URL_S3: server.url },
    ...{ AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'key' },
  })

/** Ids of the answers to so many requests. */
async function predict({ url }: Served, count: number): Promise<readonly string[]> {
  const ids: string[] = []
  for (let i = 0; i < count; i++) {
    const body = new FormData()
    body.set('file', new Blob([png], { type: 'image/png' }), 'a.png')
    const answer = await fetch(`${url}predict`, { method: 'POST', body })
    expect(answer.status).toBe(200)
    ids.push(((await answer.json()) as { prediction_id: string }).prediction_id)
  }
  return ids
}

async function logged(): Promise<readonly string[]> {
  const s3 = { endpoint: server.url, accessKeyId: 'id', secretAccessKey: 'key' }
  const store = await openObjectPredictionStore(LOG_URI, { clock: systemClock, s3 })
  const ids: string[] = []
  for await (const rows of store.scan({})) {
    for (let row = 0; row < rows.count; row++) ids.push(idAt(rows, row))
  }
  await store.close()
  return ids.sort()
}

it('answers while the bucket is away, and brings what it answered once, also after kill -9', {
  timeout: 60_000,
}, async () => {
  const first = await serve()
  const answered = [...(await predict(first, 12))]
  first.signal('SIGKILL')
  await first.finished
  isAway = false
  expect(await logged()).toEqual([])

  const second = await serve()
  answered.push(...(await predict(second, 5)))
  await expect.poll(async () => (await logged()).length, { timeout: 20_000 }).toBe(17)
  answered.push(...(await predict(second, 3)))
  second.signal('SIGTERM')
  expect((await second.finished).code).toBe(0)
  expect(await logged()).toEqual(answered.sort())
  expect(await readdir(join(folder, '.atelier/journals'))).toEqual([])
})
