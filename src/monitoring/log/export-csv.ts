import { formatCsv, replaceFile } from '../../core/index.ts'
import { CSV_COLUMNS, DETAIL_COLUMNS, probabilityColumn } from './csv-sink.ts'
import { type PredictionRows, toRecords } from './prediction-rows.ts'
import type { LoggedModel, PredictionQuery, PredictionStore } from './prediction-store.ts'

/**
 * Writes the predictions of one model to a CSV file, oldest first: the columns of the log of the
 * Python original, then all else that is known of each, and the label where one came. Gives how many.
 */
export async function exportCsv(
  store: PredictionStore,
  model: LoggedModel['model'],
  query: Pick<PredictionQuery, 'from' | 'to' | 'last'>,
  path: string,
): Promise<number> {
  const labels = await store.labels(query.from ?? 0, query.to ?? Number.MAX_SAFE_INTEGER)
  const wanted = { ...query, model: model.name, version: model.version ?? undefined }
  let features: readonly string[] | undefined
  let count = 0
  await replaceFile(path, async (file) => {
    for await (const rows of store.scan(wanted)) {
      if (rows.model.sha256 !== model.sha256) continue
      if (features === undefined) {
        features = rows.featureNames.filter((name) => !isFirst(name))
        await file.write(`${formatCsv(headerOf(rows, features), [])}\n`)
      }
      // the header has a line of its own, so rows follow an empty one
      await file.write(`${formatCsv([], linesOf(rows, features, labels)).slice(1)}\n`)
      count += rows.count
    }
  })
  return count
}

const isFirst = (name: string) => (CSV_COLUMNS as readonly string[]).includes(name)

function headerOf({ model }: PredictionRows, features: readonly string[]): string[] {
  return [
    ...CSV_COLUMNS,
    ...features,
    ...DETAIL_COLUMNS,
    'label',
    ...model.classes.map(probabilityColumn),
  ]
}

function linesOf(
  rows: PredictionRows,
  features: readonly string[],
  labels: ReadonlyMap<string, string>,
) {
  return toRecords(rows).map((record) => [
    new Date(record.time).toISOString(),
    ...[record.features['avg_brightness'], record.features['contrast']],
    ...[record.predicted_class, record.confidence],
    ...features.map((name) => record.features[name]),
    ...[record.image.width, record.image.height, record.image.format, record.latency_ms],
    ...[record.id, labels.get(record.id)],
    ...Array.from(record.probabilities),
  ])
}
