/**
 * Which models were logged on which days: one small object for each model and day, so that nobody
 * has to look at all days to find the newest rows of a model.
 */
import type { PredictionModel } from '../../../contracts/index.ts'
import { digestOf } from '../../../core/index.ts'
import type { PredictionQuery } from '../prediction-store.ts'
import type { LogObjects } from './log-objects.ts'

export interface LoggedModels {
  /** Days by model, the newest last. */
  days(): Promise<ReadonlyMap<string, readonly string[]>>
  /** Undefined where its objects are gone. */
  find(id: string, days: readonly string[]): Promise<PredictionModel | undefined>
  /** Notes that a model predicted on a day. Must be done before its rows are written. */
  note(model: PredictionModel, day: string): Promise<string>
}

const KEY = /^models\/([0-9a-f]+)\/(\d{4}-\d\d-\d\d)\.json$/
const keyOf = (id: string, day: string) => `models/${id}/${day}.json`

export function loggedModels(objects: LogObjects): LoggedModels {
  const noted = new Set<string>()
  const known = new Map<string, PredictionModel>()
  return {
    days: async () => {
      const days = new Map<string, string[]>()
      for await (const key of objects.keys('models/')) {
        const [, id, day] = KEY.exec(key) ?? []
        if (id !== undefined) days.set(id, [...(days.get(id) ?? []), day!])
      }
      return days
    },
    find: async (id, days) => {
      for (const day of days.toReversed()) {
        if (known.has(id)) break
        const text = await objects.read(keyOf(id, day))
        if (text !== undefined) known.set(id, JSON.parse(text.toString()) as PredictionModel)
      }
      return known.get(id)
    },
    note: async (model, day) => {
      const id = digestOf(model).slice(0, 16)
      const key = keyOf(id, day)
      if (!noted.has(key)) await objects.add(key, `${JSON.stringify(model)}\n`)
      noted.add(key)
      return id
    },
  }
}

export function isModelOf(
  { name, version }: PredictionModel,
  wanted: Pick<PredictionQuery, 'model' | 'version'>,
): boolean {
  return (
    (wanted.model === undefined || name === wanted.model) &&
    (wanted.version === undefined || version === wanted.version)
  )
}

/** Deletes what says of days before `day` that there was a model. */
export async function forgetDays(objects: LogObjects, day: string): Promise<void> {
  for await (const key of objects.keys('models/')) {
    const [, , of] = KEY.exec(key) ?? []
    if (of !== undefined && of < day) await objects.delete(key)
  }
}
