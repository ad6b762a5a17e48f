/**
 * Makes the pictures of README.md, `docs/pictures/*.png`, from the real thing: trains a few models,
 * judges the best, serves one, and photographs the pages in a headless Chromium.
 *
 *     node scripts/setup.mjs && node scripts/readme-pictures.mjs
 *
 * Fashion-MNIST where FASHION_MNIST_DIR names it, otherwise the embedded data. CHROMIUM names the browser.
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import sharp from 'sharp'

const root = resolve(import.meta.dirname, '..')
const cli = join(root, 'dist/main/atelier.js')
const pictures = join(root, 'docs/pictures')
const project = mkdtempSync(join(tmpdir(), 'atelier-pictures-'))
const data = process.env.FASHION_MNIST_DIR ? 'fashion-mnist' : 'sketch'
const VIEW = { width: 1200, height: 720 }
const SCALE = 1.5
/** Height of the bar above the pages, and a little. */
const BAR = 70
const MOST_BYTES = 150_000

/** Enough that the list has something to compare. */
const RUNS = [
  ['model.type=mlp', 'hyperparameters.epochs=6'],
  ['model.type=mlp', 'hyperparameters.epochs=6', 'recipe=original'],
  ['model.type=lite', 'hyperparameters.epochs=4'],
  ['model.type=lite', 'hyperparameters.epochs=4', 'seed=7'],
  ['model.type=cnn', 'hyperparameters.epochs=4', 'recipe=original'],
  ['model.type=cnn', 'hyperparameters.epochs=4'],
]

// of this machine's own, these would lead elsewhere
const { DATABASE_URL, MODEL_URI, LOG_URI, ATELIER_TOKEN, ...env } = process.env
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
})
try {
  mkdirSync(pictures, { recursive: true })
  for (const words of RUNS) atelier('train', `data=${data}`, ...words)
  atelier('evaluate', 'latest')
  await photographRuns()
  await photographReport()
  await photographTry()
} finally {
  await browser.close()
  rmSync(project, { recursive: true })
}

async function photographRuns() {
  await withServer(['ui', '--port', '0', '--json'], async (url) => {
    const page = await openPage(url)
    await page
      .locator('.grid-body .cell-name a')
      .nth(RUNS.length - 1)
      .waitFor()
    for (const box of await page.locator('.grid-body input[type=checkbox]').all()) await box.check()
    await page.getByRole('link', { name: `Compare ${RUNS.length}` }).click()
    await page.getByRole('img', { name: /^val.accuracy:/ }).waitFor()
    // with the wheel, as a person would: the pages' own bar stays where it is
    const { y } = await page.getByText('Curves', { exact: true }).boundingBox()
    await page.mouse.move(VIEW.width / 2, VIEW.height / 2)
    await page.mouse.wheel(0, y - BAR)
    await page.waitForTimeout(1000)
    await save(page, 'ui')
  })
}

async function photographReport() {
  const page = await openPage(pathToFileURL(join(project, 'reports/report.html')).href)
  await save(page, 'report')
}

/** With the embedded data, whose garments are the samples of the page. */
async function photographTry() {
  if (data !== 'sketch') atelier('train', 'data=sketch', 'model.type=cnn')
  await withServer(['serve', '--port', '0', '--json'], async (url) => {
    const page = await openPage(`${url}ui/`)
    for (const name of ['Sneaker', 'Coat']) {
      await page.getByRole('button', { name, exact: true }).click()
      await page
        .getByRole('article', { name: `Sample: ${name}` })
        .getByText('there and back')
        .waitFor()
    }
    await save(page, 'try')
  })
}

async function openPage(url) {
  const page = await browser.newPage({ viewport: VIEW, deviceScaleFactor: SCALE })
  await page.goto(url, { waitUntil: 'load' })
  return page
}

/** As few colours as keep it below the most bytes. */
async function save(page, name) {
  const shot = await page.screenshot()
  for (const colours of [256, 128, 64, 32]) {
    const png = await sharp(shot).png({ palette: true, colours, effort: 10, dither: 0 }).toBuffer()
    if (png.length > MOST_BYTES) continue
    writeFileSync(join(pictures, `${name}.png`), png)
    console.error(`${name}.png: ${colours} colours, ${png.length} bytes`)
    return
  }
  throw new Error(`${name} has more than ${MOST_BYTES} bytes`)
}

async function withServer(words, use) {
  const child = spawn(process.execPath, [cli, ...words], {
    ...{ cwd: project, env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const [line] = await once(child.stdout, 'data')
    await use(JSON.parse(line).url)
  } finally {
    child.kill('SIGTERM')
    await once(child, 'close')
  }
}

function atelier(...words) {
  execFileSync(process.execPath, [cli, ...words], { cwd: project, env, stdio: 'inherit' })
}
