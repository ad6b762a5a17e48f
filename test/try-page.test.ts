/** The Try page as a person meets it: a trained model, its service, a real browser. */
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PredictAnswer } from '../src/contracts/index.ts'
import { formatBytes } from '../web/src/shared/format.ts'
import { SAMPLES } from '../web/src/try/samples.ts'
import { runAtelier } from './support/atelier-process.ts'
import { FULL } from './support/only-in-full.ts'
import {
  breakOff,
  prediction,
  refusal,
  type StandIn,
  startStandIn,
} from './support/stand-in-service.ts'
import { packageRoot } from './support/training-project.ts'
import { launchChromium, openPage } from './support/ui-browser.ts'
import { type ServedUi, serveModel } from './support/ui-server.ts'

const SHOTS = process.env['UI_SCREENSHOTS']
const MINUTE = 60_000
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const
const DATA = ['data=sketch', 'data.train=2000', 'data.test=100', 'data.validation=100']
const TRAIN = ['model.type=mlp', 'hyperparameters.epochs=4', 'trainer.threads=1']
const TOKEN = 'a-token-that-nobody-guesses'

let browser: Browser
let folder = ''
let red = ''
let green = ''
let blue = ''
beforeAll(async () => {
  if (!FULL) return
  if (SHOTS !== undefined) await mkdir(SHOTS, { recursive: true })
  browser = await launchChromium()
  folder = await mkdtemp(join(tmpdir(), 'atelier-try-'))
  const paint = async (background: string, width = 60, height = 40) => {
    const path = join(folder, `${background}.png`)
    const create = { width, height, channels: 3, background } as const
    await sharp({ create }).png().toFile(path)
    return path
  }
  ;[red, green, blue] = [await paint('red'), await paint('green'), await paint('blue')]
}, MINUTE)
afterAll(async () => {
  await browser?.close()
  if (folder !== '') await rm(folder, { recursive: true })
})

/** A page without complaints of its own: what a browser notes of failed requests is not one. */
async function open(url: string, options: BrowserContextOptions = {}, scheme?: 'light' | 'dark') {
  const { page, complaints } = await openPage(browser, scheme, options)
  await page.goto(url)
  await page.getByRole('heading', { name: 'Try the model' }).waitFor()
  const close = async () => {
    const own = complaints.filter((text) => !/status of 5|ERR_CONNECTION|ERR_EMPTY/.test(text))
    expect(own).toEqual([])
    await page.close()
  }
  return { page, close }
}

/** For people to look at: in both themes, and on a phone. */
async function shoot(page: Page, name: string) {
  if (SHOTS === undefined) return
  const viewport = page.viewportSize()!
  const views = { light: viewport, dark: viewport, phone: PHONE.viewport }
  for (const [view, size] of Object.entries(views)) {
    await page.setViewportSize(size)
    await page.emulateMedia({ colorScheme: view === 'dark' ? 'dark' : 'light' })
    await page.screenshot({ path: join(SHOTS, `${name}-${view}.png`) })
  }
  await page.setViewportSize(viewport)
}

const choose = (page: Page, ...files: string[]) =>
  page.locator('input[type=file]').setInputFiles(files)
const card = (page: Page, name: string | RegExp) => page.getByRole('article', { name })
const answered = (page: Page, name: string) =>
  card(page, name).getByText('there and back').waitFor()
const sample = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
/** What a screen reader was told last. */
const announced = (page: Page) => page.locator('[aria-live=polite].hidden').textContent()
const scrollWidth = (page: Page) => page.evaluate('document.documentElement.scrollWidth')

/** Runs in the page, whose globals have no types here. */
const drag = (page: Page, type: 'dragover' | 'drop', files: Record<string, string>) =>
  page.evaluate(
    `(() => {
      const data = new DataTransfer()
      for (const [name, base64] of Object.entries(${JSON.stringify(files)})) {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
        data.items.add(new File([bytes], name, { type: 'image/png' }))
      }
      const event = new DragEvent('${type}', { dataTransfer: data, bubbles: true, cancelable: true })
      document.querySelector('h1').dispatchEvent(event)
    })()`,
  )

describe.runIf(FULL)('the Try page of atelier serve in Chromium (ATELIER_TEST=full)', () => {
  let service: ServedUi
  let address = ''
  beforeAll(async () => {
    for (const command of [
      ['data', 'prepare', ...DATA],
      ['train', ...DATA, ...TRAIN],
    ]) {
      const { code, stderr } = await runAtelier(folder, command)
      expect(code, stderr).toBe(0)
    }
    service = await serveModel(folder, ['--port', '0', 'serving.max_file_bytes=100000'])
    address = `${service.url}ui/`
  }, 3 * MINUTE)
  afterAll(async () => {
    const { code, stderr } = await service.stop()
    expect(code, stderr).toBe(0)
  })

  it('classifies a sample at a click, and shows the very pixels that the model saw', async () => {
    const { page, close } = await open(address)
    await page.getByText('sees 28 × 28 grey').waitFor()
    await shoot(page, 'empty')
    expect(await page.locator('.sample').allInnerTexts()).toEqual(SAMPLES.map(({ label }) => label))
    await sample(page, 'Coat').click()
    await answered(page, 'Sample: Coat')
    await shoot(page, 'answer')
    const result = card(page, 'Sample: Coat')

    const bytes = await readFile(join(packageRoot, 'web/public/samples/coat.png'))
    const body = new FormData()
    body.append('file', new Blob([bytes]), 'coat.png')
    const response = await fetch(`${service.url}predict`, { method: 'POST', body })
    const { all_probabilities, predicted_class } = (await response.json()) as PredictAnswer
    const wanted = Object.entries(all_probabilities).sort(([, a], [, b]) => b - a)
    const bars = await result.getByRole('list').locator('li').allInnerTexts()
    expect(bars.map((bar) => bar.split('\n')[0])).toEqual(wanted.map(([label]) => label))
    const [bar, track] = await Promise.all(
      ['.bar-track i', '.bar-track'].map((at) => result.locator(at).first().boundingBox()),
    )
    expect(bar!.width / track!.width).toBeCloseTo(wanted[0]![1], 2)

    const seen = await result
      .getByRole('img', { name: 'As the model sees it, 28 by 28 pixels' })
      .evaluate((canvas) => {
        const { getContext } = canvas as unknown as { getContext(kind: '2d'): Canvas2d }
        return [...getContext.call(canvas, '2d').getImageData(0, 0, 28, 28).data]
      })
    expect(seen.filter((_, at) => at % 4 === 0)).toEqual([
      ...(await sharp(bytes).greyscale().raw().toBuffer()),
    ])
    await result.getByText(/ms in the service$/).waitFor()
    await expect
      .poll(() => announced(page))
      .toMatch(new RegExp(`^Sample: Coat: ${predicted_class}, [\\d.]+ %$`))
    await close()
  })

  it('takes several pictures that are chosen, dropped or pasted', async () => {
    const permissions = ['clipboard-read', 'clipboard-write']
    const { page, close } = await open(address, { permissions })
    await choose(page, red, green, blue)
    await page.getByRole('heading', { name: '3 pictures' }).waitFor()
    await expect.poll(() => page.locator('.bars').count()).toBe(3)
    const names = await page.locator('.card h3').allInnerTexts()
    expect(names).toEqual(['red.png', 'green.png', 'blue.png'])
    await shoot(page, 'several')
    const base64 = (await readFile(red)).toString('base64')
    await drag(page, 'dragover', { 'four.png': base64 })
    await page.getByText('Drop to classify').waitFor()
    await shoot(page, 'drop')
    await drag(page, 'drop', { 'four.png': base64, 'five.png': base64 })
    await page.getByText('Drop to classify').waitFor({ state: 'detached' })
    await answered(page, 'four.png')
    await answered(page, 'five.png')
    await page.evaluate(
      `(async () => {
        const canvas = document.createElement('canvas')
        const blob = await new Promise((done) => canvas.toBlob(done))
        await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })])
      })()`,
    )
    await page.keyboard.press('Control+V')
    await answered(page, 'Pasted picture')
    await page.getByRole('button', { name: 'Remove red.png' }).click()
    await page.getByRole('heading', { name: '5 pictures' }).waitFor()
    await page.getByRole('button', { name: 'Remove all' }).click()
    expect(await page.locator('.card').count()).toBe(0)
    await close()
  })

  it('takes a picture with the camera', async () => {
    const { page, close } = await open(address, { permissions: ['camera'] })
    await page.getByRole('button', { name: 'Use the camera' }).click()
    const take = page.getByRole('button', { name: 'Take the picture' })
    await take.waitFor()
    await shoot(page, 'camera')
    await take.click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await answered(page, 'Camera picture 1')
    await page.getByRole('button', { name: 'Use the camera' }).click()
    await take.waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await close()
  })

  it('says so when the camera is not allowed or not there', async () => {
    const { page, close } = await open(address)
    await page.getByRole('button', { name: 'Use the camera' }).click()
    await page.getByRole('alert').getByText('The camera is not allowed').waitFor()
    await shoot(page, 'camera-denied')
    await page.context().grantPermissions(['camera'])
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('button', { name: 'Take the picture' }).waitFor()
    await page.getByRole('button', { name: 'Close' }).click()
    await page.evaluate('navigator.mediaDevices.getUserMedia = undefined')
    await page.getByRole('button', { name: 'Use the camera' }).click()
    await page.getByText('This browser has no camera for pages').waitFor()
    await close()
  })

  it('sends the right label of a wrong answer, and another after that', async () => {
    const { page, close } = await open(address)
    await choose(page, red)
    const result = card(page, 'red.png')
    await result.getByRole('button', { name: 'No, correct it' }).click()
    await result.getByLabel('It is').selectOption('Ankle boot')
    await shoot(page, 'correct')
    await result.getByRole('button', { name: 'Save' }).click()
    await result.getByText('Ankle boot.').waitFor()
    await shoot(page, 'corrected')
    await result.getByRole('button', { name: 'Change' }).click()
    const guess = (await result.locator('.card-answer strong').textContent())!
    await result.getByLabel('It is').selectOption(guess)
    await result.getByRole('button', { name: 'Save' }).click()
    await result.getByText(`Kept: right, ${guess}.`).waitFor()
    await close()
  })

  it('works by keys alone', async () => {
    const { page, close } = await open(address)
    await sample(page, 'Bag').waitFor()
    const focused = () =>
      page.evaluate(
        'document.activeElement.getAttribute("aria-label") ?? document.activeElement.innerText',
      )
    const walked: unknown[] = []
    for (let press = 0; press < 20 && walked.at(-1) !== 'Bag'; press++) {
      await page.keyboard.press('Tab')
      walked.push(await focused())
    }
    expect(walked).toEqual(expect.arrayContaining(['Choose pictures', 'Use the camera', 'Bag']))
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')
    expect(outline).toBe('solid')
    await page.keyboard.press('Enter')
    const result = card(page, 'Sample: Bag')
    await result.getByRole('button', { name: 'No, correct it' }).waitFor()
    for (let press = 0; press < 20 && (await focused()) !== 'No, correct it'; press++) {
      await page.keyboard.press('Tab')
    }
    await page.keyboard.press('Space')
    await page.keyboard.type('Trouser')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await result.getByText(/^Kept: .*Trouser\.$/).waitFor()
    await close()
  })

  it('shows in the words of the service why it refused a picture', async () => {
    await writeFile(join(folder, 'notes.txt'), 'not a picture')
    const noise = { width: 300, height: 300, channels: 3, background: 'black' } as const
    const large = join(folder, 'large.png')
    const image = sharp({ create: { ...noise, noise: { type: 'gaussian', mean: 99, sigma: 50 } } })
    await image.png().toFile(large)
    const { page, close } = await open(address)
    await choose(page, join(folder, 'notes.txt'))
    const refused = card(page, 'notes.txt')
    await refused.getByRole('alert').getByText('IMAGE_UNREADABLE').waitFor()
    await refused.getByText('No preview').waitFor()
    await choose(page, large)
    const size = `(the file has ${formatBytes((await stat(large)).size)})`
    await card(page, 'large.png').getByRole('alert').getByText(size).waitFor()
    await shoot(page, 'refused')
    await expect.poll(() => announced(page)).toContain('large.png failed: ')
    await close()
  })

  it('says what to run while there is no model, and goes on when there is one', async () => {
    const empty = join(folder, 'empty')
    await mkdir(join(empty, 'models'), { recursive: true })
    const bare = await serveModel(empty)
    const { page, close } = await open(`${bare.url}ui/`)
    await page.getByText('There is no model file models/model.onnx.').waitFor()
    await page.getByText('atelier train data=sketch').waitFor()
    await shoot(page, 'no-model')
    await cp(join(folder, 'models/model.onnx'), join(empty, 'models/model.onnx'))
    await sample(page, 'Coat').click()
    await answered(page, 'Sample: Coat')
    expect(await page.getByText('The service has no model').count()).toBe(0)
    await close()
    await bare.stop()
  })

  it('waits for a service that is gone, and sends by itself what it held', async () => {
    const gone = await serveModel(folder)
    const { port } = new URL(gone.url)
    const { page, close } = await open(`${gone.url}ui/`)
    await sample(page, 'Coat').waitFor()
    await gone.stop()
    await choose(page, red)
    await card(page, 'red.png').getByText('Waiting until the service answers again').waitFor()
    await page.getByText('The service does not answer').waitFor()
    await shoot(page, 'offline')
    const back = await serveModel(folder, ['--port', port])
    await answered(page, 'red.png')
    await page.getByText('The service does not answer').waitFor({ state: 'detached' })
    await close()
    await back.stop()
  })

  it('asks for the token, keeps it for the tab, and says when it is wrong', async () => {
    const args = ['--port', '0', '--token', TOKEN, 'serving.protect_predict=true']
    const guarded = await serveModel(folder, args)
    const { page, close } = await open(`${guarded.url}ui/`)
    await choose(page, red)
    await page.getByText('The service asks for a token').waitFor()
    await card(page, 'red.png').getByText('Waiting for the token').waitFor()
    await shoot(page, 'token')
    const field = page.getByLabel(/token/)
    await field.fill('wrong')
    await field.press('Enter')
    await page.getByText('The service refused this token').waitFor()
    await field.fill(TOKEN)
    await page.getByRole('button', { name: 'Use it' }).click()
    await answered(page, 'red.png')
    expect(await page.locator('.try-token').count()).toBe(0)
    await page.reload()
    await choose(page, green)
    await answered(page, 'green.png')
    await close()
    await guarded.stop()
  })

  it('asks for the token where only a correction needs it', async () => {
    const guarded = await serveModel(folder, ['--port', '0', '--token', TOKEN])
    const { page, close } = await open(`${guarded.url}ui/`)
    await choose(page, red)
    await answered(page, 'red.png')
    await card(page, 'red.png').getByRole('button', { name: 'Yes' }).click()
    await card(page, 'red.png').getByLabel(/token/).fill(TOKEN)
    await page.keyboard.press('Enter')
    await card(page, 'red.png')
      .getByText(/^Kept: right/)
      .waitFor()
    await close()
    await guarded.stop()
  })

  it('has room on a phone', async () => {
    const { page, close } = await open(address, PHONE)
    await sample(page, 'Coat').waitFor()
    expect(await scrollWidth(page)).toBe(390)
    await page.getByText('Show the model a picture').waitFor()
    await shoot(page, 'phone-empty')
    await choose(page, red)
    await answered(page, 'red.png')
    await shoot(page, 'phone-answer')
    expect(await scrollWidth(page)).toBe(390)
    await close()
  })

  it('has its own place: other pages and their addresses are not there', async () => {
    const { page, close } = await open(address)
    expect(await page.getByRole('navigation').getByRole('link').allInnerTexts()).toEqual(['Try'])
    for (const path of ['compare', 'one/two']) {
      await page.goto(`${address}${path}`)
      await page.getByText('There is no such page.').waitFor()
    }
    await page.getByRole('link', { name: 'Try' }).click()
    await page.getByRole('heading', { name: 'Try the model' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Try the model' }).waitFor()
    await close()
  })
})

describe.runIf(FULL)('the Try page and a slow or broken service (ATELIER_TEST=full)', () => {
  let service: StandIn
  beforeAll(async () => {
    service = await startStandIn()
  })
  afterAll(() => service.close())

  it('shows that an answer takes long, and lets it be cancelled', async () => {
    service.replies.push({ ...prediction(), delayMs: 200 }, { ...prediction(), delayMs: 60_000 })
    const { page, close } = await open(service.url)
    await choose(page, red)
    await answered(page, 'red.png')
    await choose(page, green)
    await page.getByRole('progressbar').waitFor()
    await page.getByText(/Asking the model, 1 s/).waitFor()
    await shoot(page, 'slow')
    await card(page, 'green.png').getByRole('button', { name: 'Cancel' }).click()
    await card(page, 'green.png').getByText('Cancelled').waitFor()
    await card(page, 'green.png').getByRole('button', { name: 'Send again' }).click()
    await answered(page, 'green.png')
    await close()
  })

  it('stands still for whom motion disturbs', async () => {
    service.replies.push({ ...prediction(), delayMs: 1500 })
    const { page, close } = await open(service.url, { ...PHONE, reducedMotion: 'reduce' }, 'dark')
    await choose(page, red)
    await page.getByRole('progressbar').waitFor()
    const animation = "getComputedStyle(document.querySelector('.busy')).animationName"
    expect(await page.evaluate(animation)).toBe('none')
    await shoot(page, 'phone-slow')
    await answered(page, 'red.png')
    await close()
  })

  it.each([429, 503])('waits as a service that answers %i asks it to, once', async (status) => {
    const before = service.predictions.length
    const busy = refusal(status, 'SERVICE_OVERLOADED', 'Too much to do.', 2)
    service.replies.push(busy, prediction(), busy, busy)
    const { page, close } = await open(service.url)
    await choose(page, red)
    await card(page, 'red.png')
      .getByText(/^The service is busy. Sending again in \d s$/)
      .waitFor()
    await shoot(page, `busy-${status}`)
    await answered(page, 'red.png')
    const [first, second] = service.predictions.slice(before)
    expect(second! - first!).toBeGreaterThanOrEqual(1900)
    await choose(page, green)
    await card(page, 'green.png').getByRole('alert').getByText('Too much to do.').waitFor()
    expect(service.predictions.length - before).toBe(4)
    await close()
  })

  it('says so when only the connection of this picture breaks, again and again', async () => {
    // browsers try again by themselves on each connection that was open before
    service.replies.push(...Array.from({ length: 40 }, () => breakOff))
    const { page, close } = await open(service.url)
    await choose(page, red)
    const text = 'The connection broke while this picture (168 B) was sent.'
    await card(page, 'red.png').getByRole('alert').getByText(text).waitFor()
    service.replies.length = 0
    await card(page, 'red.png').getByRole('button', { name: 'Send again' }).click()
    await answered(page, 'red.png')
    await close()
  })

  it('shows ten of many classes, and the others at a click', async () => {
    const share = 1 / 37
    const names = Array.from({ length: 37 }, (_, at) => `a rather long name of a class, no. ${at}`)
    const warnings = ['The picture is almost black.']
    service.replies.push(
      prediction({
        predicted_class: names[0]!,
        confidence: share,
        all_probabilities: Object.fromEntries(names.map((name) => [name, share])),
        warnings,
      }),
    )
    const { page, close } = await open(service.url)
    await choose(page, red)
    await answered(page, 'red.png')
    await card(page, 'red.png').getByText(warnings[0]!).waitFor()
    await shoot(page, 'many-classes')
    expect(await page.locator('.bars li').count()).toBe(10)
    await page.getByRole('button', { name: 'All 37 classes' }).click()
    expect(await page.locator('.bars li').count()).toBe(37)
    await close()
  })
})

interface Canvas2d {
  getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray }
}
