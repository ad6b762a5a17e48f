import type { FastifyInstance } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import type { DriftAnswer, DriftQuery, DriftSource } from '../../contracts/index.ts'
import { AtelierError, silentLogger } from '../../core/index.ts'
import { createMonitorApp } from './create-monitor-app.ts'

const answer = {
  report: { verdict: 'ok' },
  page: '<!doctype html><title>No drift</title>',
  evidently: { metrics: [] },
} as unknown as DriftAnswer

const opened: FastifyInstance[] = []
afterEach(async () => {
  for (const app of opened.splice(0)) await app.close()
})

async function serve(part: Partial<DriftSource> = {}): Promise<string> {
  const source = { description: 'a log', drift: async () => answer, probe: async () => {}, ...part }
  const app = await createMonitorApp({ source, hosts: [], logger: silentLogger })
  opened.push(app)
  return app.listen({ host: '127.0.0.1', port: 0 })
}

describe('createMonitorApp', () => {
  it('lists what it answers', async () => {
    const url = await serve()
    const got: unknown = await (await fetch(url)).json()
    expect(got).toMatchObject({ ok: true, endpoints: expect.arrayContaining(['/drift-report']) })
  })

  it('answers the report as a page, as JSON, and in the shape of Evidently', async () => {
    const asked: DriftQuery[] = []
    const url = await serve({
      drift: async (query) => {
        asked.push(query)
        return answer
      },
    })
    const page = await fetch(`${url}/drift-report?last=500`)
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page.headers.get('content-security-policy')).toContain("style-src 'unsafe-inline'")
    expect(await page.text()).toBe(answer.page)
    expect(await (await fetch(`${url}/drift?from=24h&model=a%2F3`)).json()).toEqual(answer.report)
    expect(await (await fetch(`${url}/drift?format=evidently`)).json()).toEqual({ metrics: [] })
    expect(asked).toEqual([{ last: 500 }, { from: '24h', model: 'a/3' }, {}])
  })

  it('works out once what several ask at the same time', async () => {
    let count = 0
    let give = (_: DriftAnswer) => {}
    const url = await serve({
      drift: () => {
        count += 1
        return new Promise((resolve) => {
          give = resolve
        })
      },
    })
    const asked = [1, 2, 3].map(() => fetch(`${url}/drift`))
    while ((opened[0]!.server as { _connections?: number })._connections !== 3) {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
    give(answer)
    for (const response of await Promise.all(asked)) expect(response.status).toBe(200)
    expect(count).toBe(1)
  })

  it('says what is missing, and is not ready then', async () => {
    const empty = new AtelierError('WINDOW_EMPTY', 'No predictions yet.', { hint: 'Send some.' })
    const url = await serve({
      drift: () => Promise.reject(empty),
      probe: () => Promise.reject(empty),
    })
    const failed = await fetch(`${url}/drift-report`)
    expect(failed.status).toBe(404)
    expect(await failed.json()).toEqual({
      detail: 'No predictions yet. Send some.',
      code: 'WINDOW_EMPTY',
    })
    expect((await fetch(`${url}/ready`)).status).toBe(503)
    expect((await fetch(`${url}/health`)).status).toBe(200)
  })

  it('refuses queries it does not know', async () => {
    const url = await serve()
    for (const query of ['last=0', 'last=x', 'log=/etc/passwd', 'format=csv']) {
      expect((await fetch(`${url}/drift?${query}`)).status).toBe(400)
    }
    expect((await fetch(`${url}/drift-report?format=evidently`)).status).toBe(400)
    expect((await fetch(`${url}/nothing`)).status).toBe(404)
  })
})
