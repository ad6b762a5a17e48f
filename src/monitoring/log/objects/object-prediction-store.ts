/**
 * Predictions in a store of objects. Objects cannot be appended to, so each piece of a journal becomes one
 * that never changes, `2026/11/25/….csv`, named by what is in it and by the part of the journal that it
 * was: written twice, it is the same object. Beside them lie `models/`, `requests/`, `labels/` and `gaps/`.
 */
import { type Clock, timeOrderedId } from '../../../core/index.ts'
import { type ObjectStoreOptions, openObjectStore } from '../../../storage/index.ts'
import { dayOf } from '../journal-pieces.ts'
import type {
  JournalSpan,
  LogGap,
  LoggedModel,
  PredictionStore,
  RequestCount,
} from '../prediction-store.ts'
import { scanPlaces } from '../scan-places.ts'
import { folderOf, parseRequest, requestKey, segmentOf } from './log-keys.ts'
import { type LogObjects, logObjects } from './log-objects.ts'
import { loggedModels } from './logged-models.ts'
import { labelsBetween, writeLabels } from './object-labels.ts'
import { pruneObjects } from './prune-objects.ts'
import { readAhead } from './read-ahead.ts'
import { formatSegment } from './segment-csv.ts'
import { createSegments, type Segments } from './segments.ts'

const READS_AT_ONCE = 16

/** Opens a log at an address of objects; nothing is asked of the other side yet. Throws STORAGE_INVALID_URL. */
export async function openObjectPredictionStore(
  url: string,
  options: ObjectStoreOptions & { readonly clock: Clock },
): Promise<PredictionStore> {
  const objects = await openObjectStore(url, options)
  return objectPredictionStore(url, logObjects(objects, options.clock), options.clock)
}

function objectPredictionStore(url: string, objects: LogObjects, clock: Clock): PredictionStore {
  const models = loggedModels(objects)
  const segments = createSegments(objects, models)
  const nextId = increasingIds(clock)
  return {
    description: url,
    target: url,
    append: async (rows, span, dropped, now) => {
      const first = rows.times.reduce((least, time) => Math.min(least, time))
      const model = await models.note(rows.model, dayOf(first))
      const { key } = segmentOf({ rows, ...span }, span.journal, model)
      const added = await objects.add(key, formatSegment(rows))
      if (dropped > 0) await writeGap(objects, span, { time: now, count: dropped })
      return added
    },
    progress: (journal) => segments.progress(journal),
    scan: async function* (query) {
      const found = await segments.find(query)
      yield* scanPlaces(found, query, (some) => segments.read(some))
    },
    models: () => newestModels(segments),
    gaps: (from, to) => gapsBetween(objects, from, to),
    addRequests: async (counts) => {
      for (const count of counts) {
        await objects.add(requestKey(count, nextId()), `${JSON.stringify(count)}\n`)
      }
    },
    requests: (from, to) => requestsBetween(objects, from, to),
    addLabels: (labels) => writeLabels(objects, labels, nextId()),
    labels: (from, to) => labelsBetween(objects, from, to),
    prune: (before) => pruneObjects(objects, before),
    close: () => objects.close(),
  }
}

/** Ids that sort in the order in which they were asked for, however soon. */
function increasingIds(clock: Clock): () => string {
  let last = 0
  return () => {
    last = Math.max(last + 1, clock.now())
    return timeOrderedId(last)
  }
}

async function newestModels(segments: Segments): Promise<readonly LoggedModel[]> {
  const found = await segments.newest()
  return found
    .map(({ model: { name, version, sha256 }, last }) => ({
      model: { name, version, sha256 },
      last,
    }))
    .sort((a, b) => b.last - a.last)
}

async function writeGap(objects: LogObjects, { journal, from }: JournalSpan, gap: LogGap) {
  // told again after a failure, it is the same object
  const key = `gaps/${folderOf(dayOf(gap.time))}${journal}_${from}.json`
  await objects.replace(key, `${JSON.stringify(gap)}\n`)
}

async function gapsBetween(
  objects: LogObjects,
  from: number,
  to: number,
): Promise<readonly LogGap[]> {
  const keys = await objects.keysBetween('gaps', from, to)
  const gaps: LogGap[] = []
  for await (const text of readAhead(keys, READS_AT_ONCE, (key) => objects.read(key))) {
    const gap = text && (JSON.parse(text.toString()) as LogGap)
    if (gap !== undefined && gap.time >= from && gap.time < to) gaps.push(gap)
  }
  return gaps.sort((a, b) => a.time - b.time)
}

async function requestsBetween(
  objects: LogObjects,
  from: number,
  to: number,
): Promise<Omit<RequestCount, 'minute'>> {
  let [requests, errors] = [0, 0]
  for (const key of await objects.keysBetween('requests', from, to)) {
    const count = parseRequest(key)
    if (count === undefined || count.minute < from || count.minute >= to) continue
    requests += count.requests
    errors += count.errors
  }
  return { requests, errors }
}
