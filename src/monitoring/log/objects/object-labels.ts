import type { PredictionFeedback } from '../../../contracts/index.ts'
import { timeOfId } from '../../../core/index.ts'
import { csvText } from '../csv-sink.ts'
import { dayOf } from '../journal-pieces.ts'
import { readCsv } from '../read-csv.ts'
import { folderOf } from './log-keys.ts'
import type { LogObjects } from './log-objects.ts'
import { readAhead } from './read-ahead.ts'

const READS_AT_ONCE = 16

/** One object for the labels of each day of predictions; those of greater ids count. */
export async function writeLabels(
  objects: LogObjects,
  labels: readonly PredictionFeedback[],
  id: string,
): Promise<void> {
  const byDay = new Map<string, PredictionFeedback[]>()
  for (const label of labels) {
    const day = dayOf(timeOfId(label.prediction_id) ?? label.time)
    byDay.set(day, [...(byDay.get(day) ?? []), label])
  }
  for (const [day, some] of byDay) {
    const lines = some.map(({ prediction_id, label, time }) =>
      [prediction_id, csvText(label), new Date(time).toISOString()].join(),
    )
    const text = `${['prediction_id,label,time', ...lines].join('\n')}\n`
    await objects.add(`labels/${folderOf(day)}${id}.csv`, text)
  }
}

export async function labelsBetween(
  objects: LogObjects,
  from: number,
  to: number,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  const keys = await objects.keysBetween('labels', from, to)
  let at = 0
  for await (const bytes of readAhead(keys, READS_AT_ONCE, (key) => objects.read(key))) {
    const name = `${objects.url}/${keys[at++]}`
    if (bytes === undefined) continue
    const source = { name, open: () => [bytes] }
    const { count, texts } = await readCsv(source, {
      numbers: [],
      texts: ['prediction_id', 'label'],
    })
    const [ids, labels] = [texts['prediction_id']!, texts['label']!]
    for (let row = 0; row < count; row++) {
      const id = ids.names[ids.codes[row]!]!
      const made = timeOfId(id) ?? 0
      if (made >= from && made < to) found.set(id, labels.names[labels.codes[row]!]!)
    }
  }
  return found
}
