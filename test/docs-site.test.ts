/** The documentation as a site: it is built whole, its links hold, and a link that does not is told. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandTable } from '../src/cli/index.ts'
import { runTool } from './support/dev-tools.ts'
import { FULL } from './support/only-in-full.ts'
import { packageRoot } from './support/training-project.ts'
import { launchChromium, openPage } from './support/ui-browser.ts'

let folder = ''
let out = ''
const build = (...words: string[]) =>
  runTool(process.execPath, [join(packageRoot, 'scripts/docs.mjs'), ...words])
const read = (file: string) => readFile(join(out, file), 'utf8')

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-site-'))
  out = join(folder, 'site')
  const { code, stderr } = await build('--out', out, '--base', '/atelier/')
  expect(code, stderr).toBe(0)
})
afterAll(() => rm(folder, { recursive: true }))

describe('npm run docs', () => {
  it('makes a page of each document, one of each file they point to, and one for wrong addresses', async () => {
    const made = await readdir(out, { recursive: true })
    const documents = (await readdir(join(packageRoot, 'docs'))).filter((file) =>
      file.endsWith('.md'),
    )
    const pages = documents.map((file) => file.replace('README', 'index').replace('.md', '.html'))
    expect(made).toEqual(
      expect.arrayContaining([...pages, '404.html', 'changelog.html', 'assets/search-index.js']),
    )
    expect(made.filter((file) => /^files.*compose\.yaml\.html$/.test(file))).toHaveLength(1)
  })

  it('uses relative addresses alone, but for the page that may stand anywhere', async () => {
    for (const file of (await readdir(out)).filter((name) => name.endsWith('.html'))) {
      const html = await read(file)
      const base = /<base href="([^"]*)">/.exec(html)?.[1]
      expect(base, file).toBe(file === '404.html' ? '/atelier/' : undefined)
      expect(html.replace(/<base [^>]*>/, ''), file).not.toMatch(
        / (?:href|src)="(?:\/|\w+:(?!\/\/))/,
      )
    }
  })

  it('names headings as GitHub does, also those that come twice', async () => {
    const changes = await read('changelog.html')
    expect(await read('faq.html')).toContain('id="do-i-need-a-gpu"')
    expect(await read('faq.html')).toContain('id="drift-was-reported-but-nothing-has-changed-why"')
    expect(changes).toContain('id="unreleased"')
  })

  it('lets every command and every error be found and linked', async () => {
    const script = await read('assets/search-index.js')
    const { pages, parts } = JSON.parse(script.replace('window.atelierDocs = ', '')) as {
      pages: [string, string][]
      parts: [number, string, string, string][]
    }
    const found = parts.map(([page, heading, id]) => `${pages[page]![1]}#${id} ${heading}`)
    for (const { name } of commandTable) {
      const id = `atelier-${name.replaceAll(' ', '-')}`
      expect(found).toContain(`cli.html#${id} atelier ${name}`)
    }
    expect(found).toContain('errors.html#gate_refused GATE_REFUSED')
    expect(script.length).toBeLessThan(600_000)
  })

  it('refuses links and anchors that lead nowhere, pages that no menu names, and names the place', async () => {
    const docs = join(folder, 'docs')
    await cp(join(packageRoot, 'docs'), docs, { recursive: true })
    const page = await readFile(join(docs, 'faq.md'), 'utf8')
    const broken = '[a](nowhere.md) [b](config.md#nothing) [c](../no-file.yaml)\n'
    await writeFile(join(docs, 'faq.md'), `${page}\n${broken}`)
    await writeFile(join(docs, 'stray.md'), '# Stray\n')
    const { code, stderr } = await build('--out', join(folder, 'never'), '--docs', docs)
    expect(code).toBe(1)
    expect(stderr).toContain('docs/faq.md links to nowhere.md, which is not there')
    expect(stderr).toContain('faq.html links to config.html#nothing, which is not in the site')
    expect(stderr).toContain('docs/faq.md links to ../no-file.yaml, which is not there')
    expect(stderr).toContain('docs/stray.md is in no section of scripts/docs/navigation.mjs')
    expect(await readdir(folder)).not.toContain('never')
  })
})

describe.runIf(FULL)('the site in Chromium, from a disk (ATELIER_TEST=full)', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser.close())
  const address = (file: string) => `file://${join(out, file)}`

  it('searches, and leads to what was found', async () => {
    const { page, complaints } = await openPage(browser)
    await page.goto(address('index.html'))
    await page.keyboard.press('/')
    await page.keyboard.type('GATE_REFUSED')
    await page.getByText('Errors › GATE_REFUSED').waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL(/errors\.html#gate_refused$/)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('is as wide as the screen, with a menu that opens, on a phone', async () => {
    const viewport = { width: 390, height: 800 }
    const { page, complaints } = await openPage(browser, 'light', { viewport })
    for (const file of ['tutorial.html', 'cli.html', 'errors.html', 'architecture.html']) {
      await page.goto(address(file))
      expect(await page.evaluate('document.documentElement.scrollWidth'), file).toBe(390)
    }
    await page.getByRole('link', { name: 'Quickstart' }).waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Menu' }).click()
    await page.getByRole('link', { name: 'Quickstart' }).click()
    await page.waitForURL(/quickstart\.html$/)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('is dark where the system is, and keeps what was chosen', async () => {
    const { page } = await openPage(browser, 'dark')
    const ground = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
    await page.goto(address('index.html'))
    expect(await ground()).toBe('rgb(18, 21, 27)')
    await page.getByRole('button', { name: 'Light or dark' }).click()
    expect(await ground()).toBe('rgb(255, 255, 255)')
    await page.reload()
    expect(await ground()).toBe('rgb(255, 255, 255)')
    await page.close()
  })
})
