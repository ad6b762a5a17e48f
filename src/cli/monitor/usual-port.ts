/** Where `atelier monitor serve` listens when nothing else is said. */
export const USUAL_MONITOR_PORT = 8090
