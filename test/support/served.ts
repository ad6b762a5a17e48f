/** `atelier serve` as a process of its own. */
import { once } from 'node:events'
import { type Finished, startAtelier } from './atelier-process.ts'

export interface Served {
  readonly url: string
  /** The first line it printed. */
  readonly line: {
    readonly url: string
    readonly model: string | null
    readonly sha256: string | null
  }
  signal(name: NodeJS.Signals): void
  readonly finished: Promise<Finished>
}

/** Starts it in a folder, at a port of its own, and waits until it listens. */
export async function serveAtelier(
  folder: string,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<Served> {
  const { child, finished } = startAtelier(folder, ['serve', '--port', '0', '--json', ...args], {
    env,
  })
  const early = finished.then(({ stderr }) => Promise.reject(new Error(stderr)))
  // after the address is known its end is no news
  early.catch(() => {})
  const [chunk] = (await Promise.race([once(child.stdout!, 'data'), early])) as [Buffer]
  const line = JSON.parse(chunk.toString())
  return { url: line.url, line, finished, signal: (name) => void child.kill(name) }
}
