import type { Bundle } from '../bundle/index.ts'
import type { DatasetManifest, EvaluationReport } from '../contracts/index.ts'
import { AtelierError, type Clock } from '../core/index.ts'
import { imageSize, type Split } from '../data/index.ts'
import { encodePng } from '../image/index.ts'
import { buildReport } from './build-report.ts'
import { type Predictions, predictedClasses } from './predictions.ts'
import type { Mistake } from './report-sections.ts'

export interface EvaluationInput {
  readonly bundle: Bundle
  /** What the report calls the model: its file. */
  readonly source: string
  readonly dataset: DatasetManifest
  readonly splitName: EvaluationReport['dataset']['split']
  readonly split: Split
  /** Null unless the split is `test`. */
  readonly testLooks: EvaluationReport['test_looks']
  readonly clock: Clock
}

export interface EvaluationResult {
  readonly report: EvaluationReport
  /** The surest wrong predictions, surest first. */
  readonly mistakes: readonly Mistake[]
}

/** Four full rows of the report. */
const SHOWN_MISTAKES = 28

/** Runs a model on a split and scores it. Throws MODEL_DATA_MISMATCH where they do not fit. */
export async function evaluateBundle(input: EvaluationInput): Promise<EvaluationResult> {
  const { bundle, source, dataset, splitName, split, testLooks, clock } = input
  requireFit(bundle, dataset)
  const { manifest } = bundle
  const { probabilities, logits } = await bundle.predict(split.images, split.size)
  const { labels } = split
  const predictions = { labels, probabilities, logits, classes: manifest.classes }
  const report = buildReport({
    predictions,
    model: describeModel(bundle, source),
    dataset: { name: dataset.name, digest: dataset.digest, split: splitName },
    testLooks,
    temperature: manifest.temperature,
    calibrated: manifest.calibrated,
    clock,
  })
  return { report, mistakes: await surestMistakes(predictions, split, dataset) }
}

/** What a report says of the model it judges; `source` is what it was found as. */
export function describeModel(
  { manifest, sha256 }: Pick<Bundle, 'manifest' | 'sha256'>,
  source: string,
): EvaluationReport['model'] {
  const { run_id, architecture, parameters, seed, weight_digest } = manifest
  return { source, sha256, run_id, architecture, parameters, seed, weight_digest }
}

/** Refuses a data set of other classes or geometry; call it before the test split is opened. */
export function requireFit({ manifest }: Pick<Bundle, 'manifest'>, dataset: DatasetManifest): void {
  const { preprocessing, classes } = manifest
  const sizeOf = ({ channels, height, width }: DatasetManifest['geometry']) =>
    `[${[channels, height, width]}]`
  const [model, data] = [sizeOf(preprocessing.geometry), sizeOf(dataset.geometry)]
  if (model !== data) throw mismatch(dataset, `takes images ${model}`, `images ${data}`)
  const same =
    classes.length === dataset.classes.length &&
    classes.every((name, k) => name === dataset.classes[k])
  if (!same) throw mismatch(dataset, `knows ${listed(classes)}`, listed(dataset.classes))
}

const listed = (names: readonly string[]) =>
  `${names.length} classes (${names.slice(0, 4).join(', ')}${names.length > 4 ? ' …' : ''})`

function mismatch(dataset: DatasetManifest, model: string, data: string): AtelierError {
  return new AtelierError(
    'MODEL_DATA_MISMATCH',
    `The model ${model}, but the data set ${dataset.name} holds ${data}.`,
    { hint: 'Name the data set that the model was trained for, for example data=sketch.' },
  )
}

async function surestMistakes(
  { labels, probabilities, classes }: Predictions,
  split: Split,
  { geometry }: DatasetManifest,
): Promise<Mistake[]> {
  const predicted = predictedClasses(probabilities, classes.length)
  const confidence = (row: number) => probabilities[row * classes.length + predicted[row]!]!
  const wrong = Array.from(labels.keys())
    .filter((row) => predicted[row] !== labels[row])
    .sort((a, b) => confidence(b) - confidence(a))
    .slice(0, SHOWN_MISTAKES)
  const size = imageSize(geometry)
  return Promise.all(
    wrong.map(async (row) => {
      const png = await encodePng(split.images.subarray(row * size, (row + 1) * size), geometry)
      return {
        pngDataUri: `data:image/png;base64,${png.toString('base64')}`,
        actual: classes[labels[row]!]!,
        predicted: classes[predicted[row]!]!,
        confidence: confidence(row),
      }
    }),
  )
}
