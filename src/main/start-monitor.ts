import { isLoopback, type MonitorOptions, type RunningUi } from '../cli/index.ts'
import { createMonitorApp } from '../http/index.ts'
import { listen } from './listen.ts'

/** Serves reports and alerts until it is closed. Throws PORT_UNAVAILABLE. */
export async function startMonitor(options: MonitorOptions): Promise<RunningUi> {
  const { source, host, port, token, clock, logger } = options
  // on loopback a foreign name can only be a trick; elsewhere the token takes the names' place
  const hosts = isLoopback(host) ? [host] : undefined
  const app = await createMonitorApp({ source, hosts, token, clock, logger })
  try {
    return { url: await listen(app, host, port), close: () => app.close() }
  } catch (error) {
    await app.close()
    throw error
  }
}
