import type { MonitorOptions, RunningUi } from '../cli/index.ts'
import { createMonitorApp } from '../http/index.ts'
import { listen } from './listen.ts'

/** Serves drift reports until it is closed. Throws PORT_UNAVAILABLE. */
export async function startMonitor(options: MonitorOptions): Promise<RunningUi> {
  const { source, host, port, logger } = options
  const app = await createMonitorApp({ source, hosts: [host], logger })
  try {
    return { url: await listen(app, host, port), close: () => app.close() }
  } catch (error) {
    await app.close()
    throw error
  }
}
