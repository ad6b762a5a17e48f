/** `atelier serve` as a process of its own. */
import { once } from 'node:events'
import { type Finished, startAtelier } from './atelier-process.ts'

export interface ServedModelProcess {
  /** Ends in a slash. */
  readonly url: string
  /** Ctrl-C, and how it ended. */
  stop(): Promise<Finished>
}

/** Starts it in a folder, at a port of its own unless the arguments name one. */
export async function serveModel(
  folder: string,
  args: readonly string[] = ['--port', '0'],
): Promise<ServedModelProcess> {
  const { child, finished } = startAtelier(folder, ['serve', '--json', ...args])
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
