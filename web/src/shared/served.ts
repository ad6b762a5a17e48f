/** Who serves the pages: `atelier ui` shows everything about runs, the inference service the Try page. */
export type Server = 'ui' | 'service'

export const servedBy: Server =
  document.querySelector('meta[name="atelier-served-by"]')?.getAttribute('content') === 'service'
    ? 'service'
    : 'ui'

const folder = import.meta.env.DEV ? import.meta.env.BASE_URL : '../'

/** The folder of the pages: above that of the scripts, whatever address a proxy gave it. */
export const BASE = new URL(folder, import.meta.url)
