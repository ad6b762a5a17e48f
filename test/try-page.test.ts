/** The Try page as a person meets it, in a real browser. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  breakOff,
  prediction,
  refusal,
  STAND_IN_CLASSES,
  type StandIn,
  startStandIn,
} from './support/stand-in-service.ts'
import { launchChromium, openPage } from './support/ui-browser.ts'

const full = process.env['ATELIER_TEST'] === 'full'
const SHOTS = process.env['UI_SCREENSHOTS']
const MINUTE = 60_000
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const

let browser: Browser
let folder = ''
let pictures: readonly string[] = []
let service: StandIn
beforeAll(async () => {
  if (!full) return
  browser = await launchChromium()
  if (SHOTS !== undefined) await mkdir(SHOTS, { recursive: true })
  folder = await mkdtemp(join(tmpdir(), 'atelier-try-'))
  pictures = await Promise.all(
    ['red', 'green', 'blue'].map(async (background) => {
      const path = join(folder, `${background}.png`)
      const create = { width: 60, height: 40, channels: 3, background } as const
      await sharp({ create }).png().toFile(path)
      return path
    }),
  )
  await writeFile(join(folder, 'notes.txt'), 'not a picture')
  service = await startStandIn()
}, MINUTE)
afterAll(async () => {
  await browser?.close()
  await service?.close()
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
const sample = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
/** What a screen reader was told last. */
const announced = (page: Page) => page.locator('[aria-live=polite].hidden').textContent()

/** Runs in the page, whose globals have no types here. */
const drop = (page: Page, type: 'dragover' | 'drop', files: Record<string, string>) =>
  page.evaluate(
    `(() => {
      const data = new DataTransfer()
      for (const [name, text] of Object.entries(${JSON.stringify(files)})) {
        data.items.add(new File([text], name, { type: 'image/png' }))
      }
      const event = new DragEvent('${type}', { dataTransfer: data, bubbles: true, cancelable: true })
      document.querySelector('h1').dispatchEvent(event)
    })()`,
  )

describe.runIf(full)('the Try page in Chromium (ATELIER_TEST=full)', () => {
  it('classifies a sample at a click, and shows what the model saw', async () => {
    const { page, close } = await open(service.url)
    await page.getByText('garments v3').waitFor()
    await shoot(page, 'empty')
    expect(await page.locator('.sample').allInnerTexts()).toEqual(STAND_IN_CLASSES)
    await sample(page, 'Coat').click()
    const result = card(page, 'Sample: Coat')
    await result.getByText('72.0 %').first().waitFor()
    const bars = await result.getByRole('list').locator('li').allInnerTexts()
    expect(bars).toHaveLength(10)
    expect(bars.slice(0, 3).map((bar) => bar.split('\n')[0])).toEqual([
      'Coat',
      'Pullover',
      'T-shirt',
    ])
    const { width } = (await result.locator('.bar-track i').first().boundingBox())!
    const track = (await result.locator('.bar-track').first().boundingBox())!.width
    expect(width / track).toBeCloseTo(0.72, 1)
    const middle = await result
      .getByRole('img', { name: 'As the model sees it, 28 by 28 pixels' })
      .evaluate((canvas) => {
        const { getContext } = canvas as unknown as { getContext(kind: '2d'): Canvas2d }
        return [...getContext.call(canvas, '2d').getImageData(14, 14, 1, 1).data]
      })
    expect(middle).toEqual([245, 245, 245, 255])
    await result.getByText(/ms there and back$/).waitFor()
    await result.getByText('2.4 ms in the service').waitFor()
    await expect.poll(() => announced(page)).toBe('Sample: Coat: Coat, 72.0 %')
    await close()
  })

  it('takes several pictures that are chosen, dropped or pasted', async () => {
    const { page, close } = await open(service.url, {
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    await choose(page, ...pictures)
    await page.getByRole('heading', { name: '3 pictures' }).waitFor()
    await expect.poll(() => page.locator('.bars').count()).toBe(3)
    expect(await page.locator('.card h3').allInnerTexts()).toEqual([
      'red.png',
      'green.png',
      'blue.png',
    ])
    await drop(page, 'dragover', { 'four.png': 'x' })
    await page.getByText('Drop to classify').waitFor()
    await shoot(page, 'drop')
    await drop(page, 'drop', { 'four.png': 'x', 'five.png': 'y' })
    await page.getByText('Drop to classify').waitFor({ state: 'detached' })
    await page.getByRole('heading', { name: '5 pictures' }).waitFor()
    await page.evaluate(
      `(async () => {
        const canvas = document.createElement('canvas')
        const blob = await new Promise((done) => canvas.toBlob(done))
        await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })])
      })()`,
    )
    await page.keyboard.press('Control+V')
    await card(page, 'Pasted picture').getByText('72.0 %').first().waitFor()
    await page.getByRole('button', { name: 'Remove red.png' }).click()
    await page.getByRole('heading', { name: '5 pictures' }).waitFor()
    await page.getByRole('button', { name: 'Remove all' }).click()
    expect(await page.locator('.card').count()).toBe(0)
    await close()
  })

  it('takes a picture with the camera', async () => {
    const { page, close } = await open(service.url, { permissions: ['camera'] })
    await page.getByRole('button', { name: 'Use the camera' }).click()
    const take = page.getByRole('button', { name: 'Take the picture' })
    await take.waitFor()
    await shoot(page, 'camera')
    await take.click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await card(page, 'Camera picture 1').getByText('72.0 %').first().waitFor()
    await page.getByRole('button', { name: 'Use the camera' }).click()
    await take.waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await close()
  })

  it('says so when the camera is not allowed or not there', async () => {
    const { page, close } = await open(service.url)
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

  it('sends the right label of a wrong answer', async () => {
    const { page, close } = await open(service.url)
    await choose(page, pictures[0]!)
    const result = card(page, 'red.png')
    await result.getByRole('button', { name: 'No, correct it' }).click()
    await result.getByLabel('It is').selectOption('Ankle boot')
    await shoot(page, 'correct')
    await result.getByRole('button', { name: 'Save' }).click()
    await result.getByText('Kept: wrong, it is Ankle boot.').waitFor()
    await result.getByRole('button', { name: 'Change' }).click()
    await result.getByLabel('It is').selectOption('Coat')
    await result.getByRole('button', { name: 'Save' }).click()
    await result.getByText('Kept: right, Coat.').waitFor()
    const labels = service.feedback.map((feedback) => (feedback as { label: string }).label)
    expect(labels).toEqual(['Ankle boot', 'Coat'])
    await close()
  })

  it('works by keys alone', async () => {
    const { page, close } = await open(service.url)
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
    expect(walked).toContain('Choose pictures')
    expect(walked).toContain('Use the camera')
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')
    expect(outline).toBe('solid')
    await page.keyboard.press('Enter')
    const result = card(page, 'Sample: Bag')
    await result.getByText('72.0 %').first().waitFor()
    for (let press = 0; press < 20 && (await focused()) !== 'No, correct it'; press++) {
      await page.keyboard.press('Tab')
    }
    await page.keyboard.press('Space')
    await page.keyboard.type('Bag')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await result.getByText('Kept: wrong, it is Bag.').waitFor()
    await close()
  })

  it('says what to run while there is no model, and goes on when there is one', async () => {
    service.model = false
    const { page, close } = await open(service.url)
    await page.getByText('The service has no model').waitFor()
    await shoot(page, 'no-model')
    service.model = true
    await sample(page, 'Coat').waitFor()
    await page.getByText('The service has no model').waitFor({ state: 'detached' })
    await close()
  })

  it('waits for a service that is gone, and sends by itself what it held', async () => {
    const gone = await startStandIn()
    const { page, close } = await open(gone.url)
    await sample(page, 'Coat').waitFor()
    await gone.close()
    await choose(page, pictures[0]!)
    await card(page, 'red.png').getByText('Waiting until the service answers again').waitFor()
    await page.getByText('The service does not answer').waitFor()
    await shoot(page, 'offline')
    const back = await startStandIn({ port: gone.port })
    await card(page, 'red.png').getByText('72.0 %').first().waitFor()
    await page.getByText('The service does not answer').waitFor({ state: 'detached' })
    await back.close()
    await close()
  })

  it('shows that an answer takes long, and lets it be cancelled', async () => {
    service.replies.push({ ...prediction(), delayMs: 200 }, { ...prediction(), delayMs: 60_000 })
    const { page, close } = await open(service.url)
    const progress = page.getByRole('progressbar')
    await choose(page, pictures[0]!)
    await card(page, 'red.png').getByText('72.0 %').first().waitFor()
    await choose(page, pictures[1]!)
    await progress.waitFor()
    await page.getByText(/Asking the model, 1 s/).waitFor()
    await shoot(page, 'slow')
    await card(page, 'green.png').getByRole('button', { name: 'Cancel' }).click()
    await card(page, 'green.png').getByText('Cancelled').waitFor()
    await card(page, 'green.png').getByRole('button', { name: 'Send again' }).click()
    await card(page, 'green.png').getByText('72.0 %').first().waitFor()
    await close()
  })

  it('shows in the words of the service why it refused a picture', async () => {
    const text = 'notes.txt is not an image that can be decoded.'
    service.replies.push(
      refusal(400, 'IMAGE_UNREADABLE', text),
      refusal(413, 'IMAGE_TOO_LARGE', 'The picture has 20 MB; at most 10 MB are taken.'),
    )
    const { page, close } = await open(service.url)
    await choose(page, join(folder, 'notes.txt'))
    await card(page, 'notes.txt').getByRole('alert').getByText(text).waitFor()
    await card(page, 'notes.txt').getByText('No preview').waitFor()
    await choose(page, pictures[0]!)
    await card(page, 'red.png').getByRole('alert').getByText('at most 10 MB').waitFor()
    await shoot(page, 'refused')
    await expect.poll(() => announced(page)).toContain('red.png failed: The picture has 20 MB')
    await card(page, 'red.png').getByRole('button', { name: 'Send again' }).click()
    await card(page, 'red.png').getByText('72.0 %').first().waitFor()
    await close()
  })

  it.each([429, 503])('waits as a service that answers %i asks it to, once', async (status) => {
    const before = service.predictions.length
    const busy = refusal(status, 'SERVICE_OVERLOADED', 'Too much to do.', 2)
    service.replies.push(busy, prediction(), busy, busy)
    const { page, close } = await open(service.url)
    await choose(page, pictures[0]!)
    await card(page, 'red.png')
      .getByText(/^The service is busy. Sending again in \d s$/)
      .waitFor()
    await shoot(page, `busy-${status}`)
    await card(page, 'red.png').getByText('72.0 %').first().waitFor()
    const [first, second] = service.predictions.slice(before)
    expect(second!.time - first!.time).toBeGreaterThanOrEqual(1900)
    await choose(page, pictures[1]!)
    await card(page, 'green.png').getByRole('alert').getByText('Too much to do.').waitFor()
    expect(service.predictions.length - before).toBe(4)
    await close()
  })

  it('asks for the token, keeps it for the tab, and says when it is wrong', async () => {
    service.token = 'secret'
    const { page, close } = await open(service.url)
    await choose(page, pictures[0]!)
    await page.getByText('The service asks for a token').waitFor()
    await card(page, 'red.png').getByText('Waiting for the token').waitFor()
    await shoot(page, 'token')
    const field = page.getByLabel(/token/)
    await field.fill('wrong')
    await field.press('Enter')
    await page.getByText('The service refused this token').waitFor()
    await page.getByLabel(/token/).fill('secret')
    await page.getByRole('button', { name: 'Use it' }).click()
    await card(page, 'red.png').getByText('72.0 %').first().waitFor()
    expect(await page.locator('.try-token').count()).toBe(0)
    await page.reload()
    await choose(page, pictures[1]!)
    await card(page, 'green.png').getByText('72.0 %').first().waitFor()
    service.token = undefined
    await close()
  })

  it('says so when only the connection of this picture breaks, again and again', async () => {
    // browsers try again by themselves on each connection that was open before
    service.replies.push(...Array.from({ length: 40 }, () => breakOff))
    const { page, close } = await open(service.url)
    await choose(page, pictures[0]!)
    const text = 'The connection broke while this picture (168 B) was sent.'
    await card(page, 'red.png').getByRole('alert').getByText(text).waitFor()
    service.replies.length = 0
    await card(page, 'red.png').getByRole('button', { name: 'Send again' }).click()
    await card(page, 'red.png').getByText('72.0 %').first().waitFor()
    await close()
  })

  it('has room on a phone, and stands still for whom motion disturbs', async () => {
    const { page, close } = await open(service.url, { ...PHONE, reducedMotion: 'reduce' }, 'dark')
    await sample(page, 'Coat').waitFor()
    const width = () => page.evaluate('document.documentElement.scrollWidth')
    expect(await width()).toBe(390)
    await page.getByText('Show the model a picture').waitFor()
    await shoot(page, 'phone-empty')
    service.replies.push({ ...prediction(), delayMs: 1500 })
    await choose(page, pictures[0]!)
    await page.getByRole('progressbar').waitFor()
    const animation = "getComputedStyle(document.querySelector('.busy')).animationName"
    expect(await page.evaluate(animation)).toBe('none')
    await shoot(page, 'phone-slow')
    await card(page, 'red.png').getByText('72.0 %').first().waitFor()
    await shoot(page, 'phone-answer')
    expect(await width()).toBe(390)
    await close()
  })

  it('has its own place: other pages and their addresses are not there', async () => {
    const { page, close } = await open(service.url)
    expect(await page.getByRole('navigation').getByRole('link').allInnerTexts()).toEqual(['Try'])
    await page.goto(`${service.url}compare`)
    await page.getByText('There is no such page.').waitFor()
    await page.goto(`${service.url}one/two`)
    await page.getByText('There is no such page.').waitFor()
    await page.getByRole('link', { name: 'Try' }).click()
    await page.getByRole('heading', { name: 'Try the model' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Try the model' }).waitFor()
    await close()
  })
})

interface Canvas2d {
  getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray }
}
