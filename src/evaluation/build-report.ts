import type { EvaluationReport } from '../contracts/index.ts'
import { type Clock, systemClock } from '../core/index.ts'
import { accuracy } from './accuracy.ts'
import {
  brierScore,
  calibratedConfidences,
  confidencesOf,
  expectedCalibrationError,
  reliabilityBins,
} from './calibration.ts'
import {
  type ConfusionMatrix,
  confusionMatrix,
  macroAverage,
  scoresPerClass,
  topConfusions,
  weightedAverage,
} from './classification-scores.ts'
import { meanCrossEntropy } from './cross-entropy.ts'
import { checkPredictions, type Predictions, predictedClasses } from './predictions.ts'

export interface ReportInput {
  readonly predictions: Predictions
  readonly model: EvaluationReport['model']
  readonly dataset: Omit<EvaluationReport['dataset'], 'size'>
  /** Null unless the split is `test`. */
  readonly testLooks: EvaluationReport['test_looks']
  /** From the model's manifest: fitted on the validation split. */
  readonly temperature: number
  readonly clock?: Clock
}

const TOP_CONFUSIONS = 10

/** All numbers of one evaluation. Throws EVALUATION_INPUT where the predictions cannot be scored. */
export function buildReport(input: ReportInput): EvaluationReport {
  const { labels, logits, probabilities, classes } = input.predictions
  checkPredictions(input.predictions)
  const predicted = predictedClasses(probabilities, classes.length)
  const matrix = confusionMatrix(labels, predicted, classes.length)
  const scores = scoresPerClass(matrix)
  return {
    format: 'atelier-evaluation',
    version: 1,
    created: new Date((input.clock ?? systemClock).now()).toISOString(),
    model: input.model,
    dataset: { ...input.dataset, size: labels.length },
    test_looks: input.testLooks,
    classes: [...classes],
    accuracy: accuracy(labels, predicted),
    loss: meanCrossEntropy(logits, labels, classes.length),
    per_class: scores,
    macro_average: macroAverage(scores),
    weighted_average: weightedAverage(scores),
    confusion_matrix: matrix.map((row) => [...row]),
    top_confusions: namedConfusions(matrix, classes),
    calibration: calibration(input.predictions, predicted, input.temperature),
  }
}

function namedConfusions(
  matrix: ConfusionMatrix,
  classes: readonly string[],
): EvaluationReport['top_confusions'] {
  return topConfusions(matrix, TOP_CONFUSIONS).map(({ actual, predicted, count, share }) => ({
    actual: classes[actual]!,
    predicted: classes[predicted]!,
    count,
    share,
  }))
}

function calibration(
  { labels, logits, probabilities, classes }: Predictions,
  predicted: Int32Array,
  temperature: number,
): EvaluationReport['calibration'] {
  const raw = confidencesOf(probabilities, predicted, classes.length)
  const calibrated = calibratedConfidences(logits, predicted, classes.length, temperature)
  const bins = reliabilityBins(raw, labels, predicted)
  const binsCalibrated = reliabilityBins(calibrated, labels, predicted)
  return {
    ece: expectedCalibrationError(bins),
    brier: brierScore(probabilities, labels, classes.length),
    temperature,
    ece_calibrated: expectedCalibrationError(binsCalibrated),
    bins,
    bins_calibrated: binsCalibrated,
  }
}
