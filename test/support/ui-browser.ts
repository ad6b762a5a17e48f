/** Pages in a headless Chromium. */
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

/** Its camera shows a pattern that the browser makes. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--use-fake-device-for-media-stream'],
  })
}

export interface WatchedPage {
  readonly page: Page
  /** What the browser complained about: scripts that threw, policies that were broken. */
  readonly complaints: string[]
}

export async function openPage(
  browser: Browser,
  colorScheme: 'light' | 'dark' = 'light',
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const viewport = { width: 1360, height: 860 }
  const page = await browser.newPage({ colorScheme, viewport, ...options })
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    // a filter that is wrong is answered with 400, which the browser notes by itself
    const isAnswer = message.text().includes('status of 4')
    if (message.type() === 'error' && !isAnswer) complaints.push(message.text())
  })
  return { page, complaints }
}
