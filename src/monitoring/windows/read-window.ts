import { idAt, type PredictionRows } from '../log/prediction-rows.ts'
import type { LoggedModel, PredictionQuery, PredictionStore } from '../log/prediction-store.ts'
import { emptyWindow, type PredictionWindow } from './prediction-window.ts'

/** The model that a window is of: the one asked for, else the one that predicted last. Throws WINDOW_EMPTY. */
export async function chooseModel(
  store: PredictionStore,
  { model: name, version }: Pick<PredictionQuery, 'model' | 'version'>,
): Promise<LoggedModel> {
  const models = await store.models()
  const chosen = models.find(
    ({ model }) =>
      (name === undefined || model.name === name) &&
      (version === undefined || model.version === version),
  )
  if (chosen !== undefined) return chosen
  if (models.length === 0) throw emptyWindow(store.description, 'yet')
  const known = [...new Set(models.map(({ model }) => nameOf(model)))].join(', ')
  const wanted = nameOf({ name: name ?? 'any model', version: version ?? null })
  throw emptyWindow(store.description, `of ${wanted}; there are some of ${known}`)
}

function nameOf({ name, version }: Pick<LoggedModel['model'], 'name' | 'version'>): string {
  return version === null ? name : `${name} version ${version}`
}

/** A window of the logged predictions of one model. Throws WINDOW_EMPTY. */
export async function readWindow(
  store: PredictionStore,
  model: LoggedModel['model'],
  query: Pick<PredictionQuery, 'from' | 'to' | 'last'>,
): Promise<PredictionWindow> {
  const parts: PredictionRows[] = []
  const wanted = { ...query, model: model.name, version: model.version ?? undefined }
  for await (const rows of store.scan(wanted)) {
    if (rows.model.sha256 === model.sha256) parts.push(rows)
  }
  if (parts.length === 0) throw emptyWindow(store.description, `of ${nameOf(model)} of that time`)
  const columns = joinColumns(parts)
  const [first, end] = spanOf(columns.times)
  const labels = await store.labels(first, end)
  const gaps = await store.gaps(first, end)
  return {
    source: store.description,
    model,
    ...columns,
    ...countRight(parts, labels),
    lost: gaps.reduce((sum, { count }) => sum + count, 0),
  }
}

function joinColumns(parts: readonly PredictionRows[]) {
  const count = parts.reduce((sum, part) => sum + part.count, 0)
  const { classes } = parts[0]!.model
  const names = [...new Set(parts.flatMap(({ featureNames }) => featureNames))]
  const column = () => new Float64Array(count)
  const features = Object.fromEntries(names.map((name) => [name, column().fill(Number.NaN)]))
  const [times, latencies, confidences, predicted] = [column(), column(), column(), column()]
  const probabilities = new Float32Array(count * classes.length)
  let row = 0
  for (const part of parts) {
    part.featureNames.forEach((name, at) => {
      const values = part.features.subarray(at * part.count, (at + 1) * part.count)
      features[name]!.set(values, row)
    })
    times.set(part.times, row)
    latencies.set(part.latencies, row)
    confidences.set(part.confidences, row)
    predicted.set(part.predicted, row)
    probabilities.set(part.probabilities, row * classes.length)
    row += part.count
  }
  return {
    rows: { count, features, confidences, predicted, probabilities, classes },
    ...{ times, latencies },
  }
}

/** The time of the first row, and a moment after that of the last one. */
function spanOf(times: Float64Array): readonly [number, number] {
  let [first, last] = [Number.POSITIVE_INFINITY, 0]
  for (const time of times) {
    if (time < first) first = time
    if (time > last) last = time
  }
  return [first, last + 1]
}

function countRight(parts: readonly PredictionRows[], labels: ReadonlyMap<string, string>) {
  let [labelled, right] = [0, 0]
  if (labels.size === 0) return { labelled, right }
  for (const part of parts) {
    for (let row = 0; row < part.count; row++) {
      const label = labels.get(idAt(part, row))
      if (label === undefined) continue
      labelled++
      if (label === part.model.classes[part.predicted[row]!]) right++
    }
  }
  return { labelled, right }
}
