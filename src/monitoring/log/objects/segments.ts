import type { PredictionModel } from '../../../contracts/index.ts'
import { timeOfId } from '../../../core/index.ts'
import { dayOf } from '../journal-pieces.ts'
import type { PredictionRows } from '../prediction-rows.ts'
import type { PredictionQuery } from '../prediction-store.ts'
import { dayBefore, folderOf, parseSegment, type Segment } from './log-keys.ts'
import type { LogObjects } from './log-objects.ts'
import { isModelOf, type LoggedModels } from './logged-models.ts'
import { readAhead } from './read-ahead.ts'
import { readSegment } from './segment-csv.ts'

export interface FoundSegment extends Segment {
  readonly of: PredictionModel
}

export interface Segments {
  /** Those that rows of a query can be in; where only the newest are asked for, no more than may hold them. */
  find(query: PredictionQuery): Promise<readonly FoundSegment[]>
  /** Their rows, in the same order; of those that are gone none. */
  read(segments: readonly FoundSegment[]): AsyncIterable<PredictionRows>
  /** Every model, with the time of its last row. */
  newest(): Promise<readonly { readonly model: PredictionModel; readonly last: number }[]>
  /** How far a journal's rows were written. */
  progress(journal: string): Promise<number>
}

const READS_AT_ONCE = 16

export function createSegments(objects: LogObjects, models: LoggedModels): Segments {
  return {
    find: (query) => findSegments(objects, models, query),
    read: async function* (segments) {
      const loaded = readAhead(segments, READS_AT_ONCE, ({ key }) => objects.read(key))
      let at = 0
      for await (const bytes of loaded) {
        const { key, of } = segments[at++]!
        if (bytes === undefined) continue
        yield readSegment({ name: `${objects.url}/${key}`, open: () => [bytes] }, of)
      }
    },
    newest: () => newestOfModels(objects, models),
    progress: async (journal) => {
      const since = dayBefore(dayOf(timeOfId(journal) ?? 0))
      const days = [...(await models.days()).values()].flat().filter((day) => day >= since)
      let end = 0
      for (const day of new Set(days)) {
        for (const segment of await segmentsOf(objects, day)) {
          if (segment.journal === journal) end = Math.max(end, segment.to)
        }
      }
      return end
    },
  }
}

async function segmentsOf(objects: LogObjects, day: string): Promise<readonly Segment[]> {
  const found: Segment[] = []
  for await (const key of objects.keys(folderOf(day))) {
    const segment = parseSegment(key)
    if (segment !== undefined) found.push(segment)
  }
  return found
}

async function findSegments(
  objects: LogObjects,
  models: LoggedModels,
  query: PredictionQuery,
): Promise<readonly FoundSegment[]> {
  const { from = 0, to = Number.POSITIVE_INFINITY, last } = query
  const wanted = await wantedModels(models, query)
  const found: FoundSegment[] = []
  const rowsInside = () =>
    found
      .filter((segment) => segment.first >= from && segment.last < to)
      .reduce((sum, { count }) => sum + count, 0)
  const days = [...new Set([...wanted.values()].flatMap(({ days }) => days))].sort().toReversed()
  for (const day of days) {
    if (day < dayBefore(dayOf(from)) || Date.parse(day) >= to) continue
    // one day more than the rows need: segments of the day before may reach into the first moments of one
    const isEnough = last !== undefined && rowsInside() >= last
    for (const segment of await segmentsOf(objects, day)) {
      const of = wanted.get(segment.model)?.model
      if (of !== undefined && segment.last >= from && segment.first < to) {
        found.push({ ...segment, of })
      }
    }
    if (isEnough) break
  }
  return found
}

async function wantedModels(models: LoggedModels, query: PredictionQuery) {
  const wanted = new Map<
    string,
    { readonly model: PredictionModel; readonly days: readonly string[] }
  >()
  for (const [id, days] of await models.days()) {
    const model = await models.find(id, days)
    if (model !== undefined && isModelOf(model, query)) wanted.set(id, { model, days })
  }
  return wanted
}

async function newestOfModels(objects: LogObjects, models: LoggedModels) {
  const listed = new Map<string, Promise<readonly Segment[]>>()
  const segmentsOn = (day: string) => {
    const known = listed.get(day) ?? segmentsOf(objects, day)
    listed.set(day, known)
    return known
  }
  const newest: { readonly model: PredictionModel; readonly last: number }[] = []
  for (const [id, { model, days }] of await wantedModels(models, {})) {
    for (const day of days.toReversed()) {
      const own = (await segmentsOn(day)).filter((segment) => segment.model === id)
      if (own.length === 0) continue
      newest.push({ model, last: own.reduce((last, segment) => Math.max(last, segment.last), 0) })
      break
    }
  }
  return newest
}
