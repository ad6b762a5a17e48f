/** `atelier ui` as a process of its own, and pages in a headless Chromium that look at it. */
import { once } from 'node:events'
import { type Browser, chromium, type Page } from 'playwright-core'
import { type Finished, startAtelier } from './atelier-process.ts'

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

export interface ServedUi {
  readonly url: string
  /** Ctrl-C, and how it ended. */
  stop(): Promise<Finished>
}

/** Starts it in a folder, at a port of its own. */
export async function serveUi(folder: string): Promise<ServedUi> {
  const { child, finished } = startAtelier(folder, ['ui', '--port', '0', '--json'])
  const early = finished.then(({ stderr }) => Promise.reject(new Error(stderr)))
  // after the address is known its end is no news
  early.catch(() => {})
  const [chunk] = (await Promise.race([once(child.stdout!, 'data'), early])) as [Buffer]
  const { url } = JSON.parse(chunk.toString()) as { url: string }
  return {
    url,
    stop: () => {
      child.kill('SIGINT')
      return finished
    },
  }
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
}

export interface WatchedPage {
  readonly page: Page
  /** What the browser complained about: scripts that threw, policies that were broken. */
  readonly complaints: string[]
}

export async function openPage(
  browser: Browser,
  colorScheme: 'light' | 'dark' = 'light',
): Promise<WatchedPage> {
  const page = await browser.newPage({ colorScheme, viewport: { width: 1360, height: 860 } })
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    // a filter that is wrong is answered with 400, which the browser notes by itself
    const isAnswer = message.text().includes('status of 4')
    if (message.type() === 'error' && !isAnswer) complaints.push(message.text())
  })
  return { page, complaints }
}
