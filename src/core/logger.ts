/** What domains may say to a person while they work. Results are returned, never logged. */
export interface Logger {
  info(message: string): void
  warn(message: string): void
}

export const silentLogger: Logger = { info: () => {}, warn: () => {} }
