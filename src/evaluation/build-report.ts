import type { EvaluationReport } from '../contracts/index.ts'
import { type Clock, systemClock } from '../core/index.ts'
import { accuracy } from './accuracy.ts'
import {
  brierScore,
  confidencesOf,
  expectedCalibrationError,
  probabilitiesAt,
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
  /** Whether the probabilities are those at that temperature; else they are the softmax of the logits. */
  readonly calibrated: boolean
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
    calibration: calibrationOf(input, predicted),
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

/** One side is what the model answered; the other is made from the logits as the model would have. */
function calibrationOf(
  { predictions, temperature, calibrated }: ReportInput,
  predicted: Int32Array,
): EvaluationReport['calibration'] {
  const { labels, logits, probabilities, classes } = predictions
  const other = probabilitiesAt(calibrated ? 1 : temperature, logits, classes.length)
  const judged = (values: Float32Array) => {
    const confidences = confidencesOf(values, predicted, classes.length)
    const bins = reliabilityBins(confidences, labels, predicted)
    const brier = brierScore(values, labels, classes.length)
    return { bins, brier, ece: expectedCalibrationError(bins) }
  }
  const raw = judged(calibrated ? other : probabilities)
  const fitted = judged(calibrated ? probabilities : other)
  return {
    served: calibrated ? 'calibrated' : 'raw',
    temperature,
    ece: raw.ece,
    ece_calibrated: fitted.ece,
    brier: raw.brier,
    brier_calibrated: fitted.brier,
    nll_calibrated: meanCrossEntropy(logits, labels, classes.length, temperature),
    bins: raw.bins,
    bins_calibrated: fitted.bins,
  }
}
