import type { AlertEvent } from '../../contracts/index.ts'

const WORDS: Readonly<Record<AlertEvent['kind'], string>> = {
  fired: 'Alert',
  reminded: 'Still',
  acknowledged: 'Acknowledged',
  resolved: 'Over',
}

/** `Alert (warning) drift`, in one line. */
export function alertTitle(event: AlertEvent): string {
  return `${headOf(event)} ${event.rule}`
}

const headOf = ({ kind, severity }: AlertEvent) => `${WORDS[kind]} (${severity})`

/** `drift: classes moved`: the rule and what is wrong, where the message does not begin with the rule's name. */
export function alertSentence({ rule, message }: Pick<AlertEvent, 'rule' | 'message'>): string {
  return message.startsWith(`${rule}: `) ? message : `${rule}: ${message}`
}

/** What a person is told, in a few lines. */
export function alertText(event: AlertEvent): string {
  const { model, time, by, alert } = event
  return [
    `${headOf(event)} ${alertSentence(event)}`,
    ...(by === null ? [] : [`By ${by}`]),
    ...(model === null ? [] : [`Model ${model}`]),
    `At ${time}`,
    `Alert ${alert}`,
  ].join('\n')
}
