import type { AlertEvent } from '../../contracts/index.ts'

const WORDS: Readonly<Record<AlertEvent['kind'], string>> = {
  fired: 'Alert',
  reminded: 'Still',
  acknowledged: 'Acknowledged',
  resolved: 'Over',
}

/** `Alert (warning) drift: …`, in one line. */
export function alertTitle({ kind, severity, rule }: AlertEvent): string {
  return `${WORDS[kind]} (${severity}) ${rule}`
}

/** What a person is told, in a few lines. */
export function alertText(event: AlertEvent): string {
  const { message, model, time, by, alert } = event
  return [
    `${alertTitle(event)}: ${message}`,
    ...(by === null ? [] : [`By ${by}`]),
    ...(model === null ? [] : [`Model ${model}`]),
    `At ${time}`,
    `Alert ${alert}`,
  ].join('\n')
}
