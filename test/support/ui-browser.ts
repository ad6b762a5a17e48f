/** Pages in a headless Chromium. */
import { type Browser, chromium, type Page } from 'playwright-core'

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

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
