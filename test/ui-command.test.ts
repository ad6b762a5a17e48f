/** `atelier ui` as a process, without a browser. */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { UiRunPage } from '../src/contracts/index.ts'
import { systemClock } from '../src/core/index.ts'
import { runAtelier } from './support/atelier-process.ts'
import { newTestRun } from './support/run-example.ts'
import { serveUi } from './support/ui-server.ts'

const HOUR = 3_600_000

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-ui-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('atelier ui', () => {
  it('serves the pages, finds run folders by itself, and says which runs died', async () => {
    const clock = { ...systemClock, now: () => Date.now() - HOUR }
    const { record } = await newTestRun(join(folder, 'runs'), { clock })
    const ui = await serveUi(folder)
    try {
      const page = await fetch(ui.url)
      expect(await page.text()).toContain('<div id="root">')
      const rows = async () => {
        const response = await fetch(`${ui.url}api/runs`)
        return ((await response.json()) as UiRunPage).rows.map(({ id, status }) => [id, status])
      }
      await expect.poll(rows, { timeout: 15_000 }).toEqual([[record.id, 'crashed']])
    } finally {
      const { code, stderr } = await ui.stop()
      expect(code, stderr).toBe(0)
    }
  })

  it('says which port is taken, and takes another where none was asked for', async () => {
    const blocker = createServer()
    await new Promise<void>((done) => blocker.listen(0, '127.0.0.1', done))
    const { port } = blocker.address() as { port: number }
    const { code, stderr } = await runAtelier(folder, ['ui', '--port', String(port)])
    blocker.close()
    expect(code).toBe(4)
    expect(stderr).toContain('error[PORT_UNAVAILABLE]')
    expect(stderr).toContain(String(port))
    const [one, two] = [await serveUi(folder, []), await serveUi(folder, [])]
    expect(one.url).not.toBe(two.url)
    await Promise.all([one.stop(), two.stop()])
  })

  it('refuses an address it cannot listen at', async () => {
    const { code, stderr } = await runAtelier(folder, ['ui', '--host', '192.0.2.1'])
    expect(code).toBe(4)
    expect(stderr).toContain('192.0.2.1')
  })
})
