/** `.ts` or `.js`: threads run what this runs as. */
const EXTENSION = import.meta.filename.slice(-3)

/** The file of a thread, which lies beside this one. */
export function threadFile(name: 'model-thread' | 'decode-thread' | 'log-thread'): URL {
  return new URL(`./${name}${EXTENSION}`, import.meta.url)
}
