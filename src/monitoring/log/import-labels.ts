import { AtelierError, timeOfId } from '../../core/index.ts'
import { csvFile } from './csv-source.ts'
import { idAt } from './prediction-rows.ts'
import type { PredictionStore } from './prediction-store.ts'
import { readCsv } from './read-csv.ts'

export interface ImportedLabels {
  readonly added: number
  /** Lines whose prediction is not in the log. */
  readonly unknown: number
}

/**
 * Adds the labels of a CSV file with the columns prediction_id and label to logged predictions; of
 * several for one, the last counts. Throws LOG_INVALID for other columns, for what is no id, and for a
 * label that is no class of the model; then nothing is added.
 */
export async function importLabels(
  store: PredictionStore,
  path: string,
  now: number,
): Promise<ImportedLabels> {
  const { count, texts } = await readCsv(csvFile(path), {
    numbers: [],
    texts: ['prediction_id', 'label'],
  })
  const [ids, labels] = [texts['prediction_id']!, texts['label']!]
  const wanted = new Map<string, string>()
  for (let row = 0; row < count; row++) {
    wanted.set(ids.names[ids.codes[row]!]!.trim(), labels.names[labels.codes[row]!]!.trim())
  }
  const known = await knownIds(store, path, wanted)
  const added = known.map((id) => ({ prediction_id: id, label: wanted.get(id)!, time: now }))
  if (added.length > 0) await store.addLabels(added)
  return { added: added.length, unknown: wanted.size - added.length }
}

/** Those that are in the log. */
async function knownIds(
  store: PredictionStore,
  path: string,
  wanted: ReadonlyMap<string, string>,
): Promise<string[]> {
  let [first, last] = [Number.POSITIVE_INFINITY, 0]
  for (const id of wanted.keys()) {
    const time = timeOfId(id)
    if (time === undefined) throw invalid(path, `'${id}' is no prediction_id`)
    first = Math.min(first, time)
    last = Math.max(last, time)
  }
  const known: string[] = []
  if (wanted.size === 0) return known
  for await (const rows of store.scan({ from: first, to: last + 1 })) {
    for (let row = 0; row < rows.count; row++) {
      const id = idAt(rows, row)
      const label = wanted.get(id)
      if (label === undefined) continue
      if (!rows.model.classes.includes(label)) {
        throw invalid(path, `'${label}' is no class of ${rows.model.name}`)
      }
      known.push(id)
    }
  }
  return known
}

function invalid(path: string, reason: string): AtelierError {
  return new AtelierError('LOG_INVALID', `${path} is no file of labels: ${reason}.`, {
    hint: 'Give columns prediction_id, as the service answered it, and label, a class of the model.',
    data: { path },
  })
}
