/** The browser interface as a person meets it: a real server, a real training, a real browser. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRunStore } from '../src/tracking/index.ts'
import { runAtelier, startAtelier } from './support/atelier-process.ts'
import { FULL } from './support/only-in-full.ts'
import { runEntry } from './support/store-example.ts'
import { launchChromium, openPage } from './support/ui-browser.ts'
import { type ServedUi, serveUi } from './support/ui-server.ts'

const MINUTES = 60_000
const DATA = ['data=sketch', 'data.train=2000', 'data.test=100', 'data.validation=100']
const TRAIN = ['train', ...DATA, 'trainer.threads=1']

let browser: Browser
let folder = ''
beforeAll(async () => {
  if (!FULL) return
  browser = await launchChromium()
  folder = await mkdtemp(join(tmpdir(), 'atelier-ui-'))
})
afterAll(async () => {
  await browser?.close()
  if (folder !== '') await rm(folder, { recursive: true })
})

/** The page's own ground: it tells whether a theme is really dark. */
function groundOf(page: Page): Promise<string> {
  // a text, because the page's globals have no types here
  return page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
}

describe.runIf(FULL)('atelier ui in Chromium (ATELIER_TEST=full)', () => {
  let ui: ServedUi
  beforeAll(async () => {
    ui = await serveUi(folder)
  }, MINUTES)

  it('says what to run while there is nothing', async () => {
    const { page, complaints } = await openPage(browser)
    await page.goto(ui.url)
    await page.getByText('No runs yet').waitFor()
    await page.getByText('atelier train data=sketch').waitFor()
    await page.goto(`${ui.url}compare`)
    await page.getByText('No runs selected').waitFor()
    await page.goto(`${ui.url}runs/nobody`)
    await page.getByText('There is no run nobody').waitFor()
    expect(complaints).toEqual([])
    await page.close()
  })

  it(
    'shows a training from its start to its end without being reloaded',
    async () => {
      const prepared = await runAtelier(folder, ['data', 'prepare', ...DATA])
      expect(prepared.code, prepared.stderr).toBe(0)
      const { page, complaints } = await openPage(browser)
      await page.goto(ui.url)
      await page.getByText('No runs yet').waitFor()
      const { finished } = startAtelier(folder, [
        ...TRAIN,
        'hyperparameters.epochs=15',
        'model.type=cnn',
      ])
      await page.locator('.grid-body .status-running').waitFor({ timeout: MINUTES })
      await page.locator('.grid-body .cell-name a').click()
      const chart = page.getByRole('img', { name: /^loss:/ })
      await chart.waitFor({ timeout: MINUTES })
      const drawn = () =>
        chart
          .locator('canvas')
          .evaluate((canvas) => (canvas as unknown as { toDataURL(): string }).toDataURL())
      const ends = new Set<string>()
      const pictures = new Set<string>()
      while ((await page.locator('.run-title .status-running').count()) > 0) {
        ends.add((await chart.getAttribute('aria-label'))!)
        pictures.add(await drawn())
        await page.waitForTimeout(400)
      }
      expect(ends.size).toBeGreaterThan(2)
      expect(pictures.size).toBeGreaterThan(2)
      await page.locator('.run-title .status-completed').waitFor()
      const { code, stderr } = await finished
      expect(code, stderr).toBe(0)
      await page.getByText(/^\d+ of 15$/).waitFor()
      expect(complaints).toEqual([])
      await page.close()
    },
    5 * MINUTES,
  )

  it(
    'compares runs, and its address holds what was chosen',
    async () => {
      for (const rate of ['0.001', '0.01']) {
        const override = `hyperparameters.learning_rate=${rate}`
        const args = [...TRAIN, 'model.type=mlp', 'hyperparameters.epochs=3', override]
        const { code, stderr } = await runAtelier(folder, args)
        expect(code, stderr).toBe(0)
      }
      const { page, complaints } = await openPage(browser)
      await page.goto(`${ui.url}?q=${encodeURIComponent('model.type = mlp')}`)
      await page.getByText('2 runs', { exact: true }).waitFor()
      for (const box of await page.locator('.grid-body input[type=checkbox]').all()) {
        await box.check()
      }
      await page.getByRole('link', { name: 'Compare 2' }).click()
      await page.getByRole('heading', { name: '2 runs compared' }).waitFor()
      const rows = page.getByRole('region', { name: 'Differences' }).locator('tbody tr')
      expect(await rows.allInnerTexts()).toEqual([
        expect.stringMatching(/hyperparameters.learning_rate\s+0.01\s+0.001/),
      ])
      await page.getByRole('img', { name: /^val\.loss:/ }).waitFor()
      await page.getByRole('img', { name: /^Runs as lines/ }).waitFor()
      await page.getByLabel('Log scale').check()
      await page.getByLabel('Smoothing').fill('0.5')
      await page.getByText('Time', { exact: true }).click()
      const search = () => new URL(page.url()).searchParams
      await expect.poll(() => search().get('x')).toBe('time')
      expect([search().get('log'), search().get('smooth')]).toEqual(['true', '0.5'])
      await page.reload()
      await page.getByRole('heading', { name: '2 runs compared' }).waitFor()
      expect(await page.getByLabel('Smoothing').inputValue()).toBe('0.5')
      expect(await page.getByLabel('Log scale').isChecked()).toBe(true)
      expect(complaints).toEqual([])
      await page.close()
    },
    3 * MINUTES,
  )

  it('shows in the table where a filter is wrong, sorts, and marks the best', async () => {
    const { page, complaints } = await openPage(browser)
    await page.goto(ui.url)
    await page.getByText('3 runs', { exact: true }).waitFor()
    const filter = page.getByLabel('Filter runs')
    await filter.fill('val.accuracy >> 1')
    await page.getByRole('alert').getByText("got '>>'").waitFor()
    expect(await page.locator('.grid-body .grid-row').count()).toBe(3)
    await filter.fill('val.accuracy > 0')
    await filter.press('Enter')
    await page.getByRole('alert').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'val.accuracy' }).click()
    await expect.poll(() => new URL(page.url()).searchParams.get('sort')).toBe('-val.accuracy')
    const best = page.locator('.grid-body .best')
    await best.first().waitFor()
    const titles = await best.evaluateAll((cells) =>
      cells.map((cell) => cell.getAttribute('title')),
    )
    expect(titles.filter((title) => title!.startsWith('val.accuracy'))).not.toEqual([])
    await page.getByRole('button', { name: 'Columns' }).click()
    await page.getByLabel('Find a column').fill('optimizer.name')
    await page.getByRole('checkbox', { name: 'optimizer.name' }).check()
    await page.getByRole('columnheader', { name: 'name' }).waitFor()
    expect(new URL(page.url()).searchParams.get('cols')).toContain('optimizer.name')
    expect(complaints).toEqual([])
    await page.close()
  })

  it('says which file set a value, shows files, and names the command that repeats it', async () => {
    const { page, complaints } = await openPage(browser)
    await page.goto(ui.url)
    await page.locator('.grid-body .cell-name a').first().click()
    await page.getByText(/^atelier runs reproduce /).waitFor()
    await page.getByRole('link', { name: 'Configuration' }).click()
    const row = page.locator('tr', { hasText: 'hyperparameters.learning_rate' })
    expect(await row.textContent()).toContain("override 'hyperparameters.learning_rate=0.01'")
    await page.getByRole('link', { name: 'Figures and files' }).click()
    await page.getByRole('button', { name: 'run.json' }).click()
    await page.getByText('"format": "atelier-run"').waitFor()
    await page.getByRole('link', { name: 'Details' }).click()
    await page.getByText(/^atelier train data=sketch/).waitFor()
    expect(complaints).toEqual([])
    await page.close()
  })

  it(
    'can be looked at, light and dark',
    async () => {
      const shots = process.env['UI_SCREENSHOTS'] ?? join(folder, 'screenshots')
      await mkdir(shots, { recursive: true })
      for (const scheme of ['light', 'dark'] as const) {
        const { page, complaints } = await openPage(browser, scheme)
        const shoot = (name: string) =>
          page.screenshot({ path: join(shots, `${name}-${scheme}.png`) })
        await page.goto(ui.url)
        await page.getByText('3 runs', { exact: true }).waitFor()
        const ids = await page
          .locator('.cell-name')
          .evaluateAll((cells) =>
            cells.map((cell) => cell.getAttribute('title')).filter((id) => id !== null),
          )
        await shoot('runs')
        await page.goto(`${ui.url}runs/${ids.at(-1)}?smooth=0.8`)
        await page.getByRole('img', { name: /^loss:/ }).waitFor()
        await shoot('run')
        await page.goto(`${ui.url}compare?ids=${ids.join(',')}`)
        await page.getByRole('img', { name: /^val\.loss:/ }).waitFor()
        await shoot('compare')
        const ground = await groundOf(page)
        const brightness = Number(/\d+/.exec(ground)![0])
        expect(scheme === 'dark' ? brightness < 60 : brightness > 200, ground).toBe(true)
        await page.getByRole('button', { name: /theme$/ }).click()
        const other = await groundOf(page)
        expect(other).not.toBe(ground)
        expect(complaints).toEqual([])
        await page.close()
      }
    },
    2 * MINUTES,
  )

  it('ends with Ctrl-C, while a page is open', async () => {
    const { page } = await openPage(browser)
    await page.goto(ui.url)
    const { code, stderr } = await ui.stop()
    expect(code, stderr).toBe(0)
    await page.close()
  })
})

describe.runIf(FULL)('atelier ui with 10,000 runs (ATELIER_TEST=full)', () => {
  it(
    'scrolls, jumps to the end by key, and holds only the rows in view',
    async () => {
      const project = join(folder, 'many')
      await mkdir(project)
      const store = await openRunStore({ path: join(project, '.atelier/atelier.db') })
      const entries = Array.from({ length: 10_000 }, (_, at) =>
        runEntry(`run-${at}`, at, { summary: { 'val.loss': 1 / (at + 1) } }),
      )
      await store.putAll(entries)
      await store.close()
      const ui = await serveUi(project)
      const { page, complaints } = await openPage(browser)
      await page.goto(ui.url)
      await page.getByText('10000 runs').waitFor()
      const grid = page.getByRole('grid')
      await page.getByText('run-9999', { exact: true }).waitFor()
      await grid.evaluate((element) => element.scrollTo(0, element.scrollHeight / 2))
      await page.getByText('run-4999', { exact: true }).waitFor()
      await grid.focus()
      await page.keyboard.press('End')
      await page.getByText('run-0', { exact: true }).waitFor()
      expect(await page.locator('.grid-body .grid-row').count()).toBeLessThan(80)
      await page.keyboard.press('Space')
      await page.getByRole('link', { name: 'Compare 1' }).waitFor()
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'run-0' }).waitFor()
      expect(complaints).toEqual([])
      await page.close()
      expect((await ui.stop()).code).toBe(0)
    },
    2 * MINUTES,
  )
})
