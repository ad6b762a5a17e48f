/** `atelier ui` and `atelier serve` as processes of their own. */
import { once } from 'node:events'
import { type Finished, startAtelier } from './atelier-process.ts'

export interface ServedUi {
  /** Ends in a slash. */
  readonly url: string
  /** Ctrl-C, and how it ended. */
  stop(): Promise<Finished>
}

const ANY_PORT = ['--port', '0']

/** Starts the interface in a folder, at a port of its own unless told otherwise. */
export function serveUi(folder: string, options: readonly string[] = ANY_PORT): Promise<ServedUi> {
  return serve(folder, ['ui', '--json', ...options])
}

/** Starts the inference service in a folder, at a port of its own unless the arguments name one. */
export function serveModel(folder: string, args: readonly string[] = ANY_PORT): Promise<ServedUi> {
  return serve(folder, ['serve', '--json', ...args])
}

async function serve(folder: string, args: readonly string[]): Promise<ServedUi> {
  const { child, finished } = startAtelier(folder, args)
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
