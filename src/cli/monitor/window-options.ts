import { AtelierError } from '../../core/index.ts'
import type { CommandContext } from '../context.ts'
import { parseTime } from './parse-time.ts'

/** Of the commands that look at logged predictions. */
export const windowOptions = {
  last: {
    type: 'integer',
    description: 'The newest so many predictions.',
    short: 'n',
    placeholder: 'N',
  },
  from: {
    type: 'string',
    description: 'Since then: a time, or as long ago as 30m, 24h, 7d.',
    placeholder: 'TIME',
  },
  to: { type: 'string', description: 'Before then.', placeholder: 'TIME' },
  model: {
    type: 'string',
    description: 'NAME, NAME/3, models:/NAME@production or a run; the one that predicted last.',
    short: 'm',
  },
  log: {
    type: 'string',
    description:
      'The log: "database", gs://bucket/folder, s3://…, file://…, or a CSV file. Default: LOG_URI, else monitoring.log.',
    short: 'l',
    placeholder: 'PLACE',
  },
} as const

export const referenceOption = {
  type: 'string',
  description:
    'What to compare with: a run or a CSV file. Default: of the run that made the model.',
  short: 'r',
  placeholder: 'RUN|FILE',
} as const

export interface WindowChoice {
  readonly last: number | undefined
  readonly from: string | undefined
  readonly to: string | undefined
  readonly model: string | undefined
  readonly log: string | undefined
}

/** Throws USAGE. */
export function windowQuery(
  { clock }: CommandContext,
  { last, from, to }: Pick<WindowChoice, 'last' | 'from' | 'to'>,
) {
  if (last !== undefined && last < 1) {
    throw new AtelierError('USAGE', `--last is ${last}, wanted at least 1.`)
  }
  const now = clock.now()
  return {
    last,
    from: from === undefined ? undefined : parseTime('from', from, now),
    to: to === undefined ? undefined : parseTime('to', to, now),
  }
}
