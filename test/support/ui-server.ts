/** `atelier ui` as a process of its own. */
import { once } from 'node:events'
import { type Finished, startAtelier } from './atelier-process.ts'

export interface ServedUi {
  readonly url: string
  /** Ctrl-C, and how it ended. */
  stop(): Promise<Finished>
}

/** Starts it in a folder, at a port of its own unless told otherwise. */
export async function serveUi(folder: string, options = ['--port', '0']): Promise<ServedUi> {
  const { child, finished } = startAtelier(folder, ['ui', '--json', ...options])
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
