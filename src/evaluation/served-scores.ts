import type { BundleManifest } from '../contracts/index.ts'
import {
  brierScore,
  confidencesOf,
  expectedCalibrationError,
  reliabilityBins,
} from './calibration.ts'
import { meanCrossEntropy } from './cross-entropy.ts'
import { checkPredictions, type Predictions, predictedClasses } from './predictions.ts'

/** How good answers are and how honest, in four numbers; see the evaluation report for each. */
export interface ServedScores {
  readonly accuracy: number
  readonly ece: number
  /** Mean negative log-likelihood, nats. */
  readonly nll: number
  readonly brier: number
}

/**
 * Scores of probabilities as a model answers them; `temperature` is the one they were made at, 1 for
 * the plain softmax. Throws EVALUATION_INPUT where they cannot be scored.
 */
export function servedScores(predictions: Predictions, temperature: number): ServedScores {
  checkPredictions(predictions)
  const { labels, logits, probabilities, classes } = predictions
  const predicted = predictedClasses(probabilities, classes.length)
  const confidences = confidencesOf(probabilities, predicted, classes.length)
  const hits = predicted.filter((column, row) => column === labels[row]).length
  return {
    accuracy: hits / labels.length,
    ece: expectedCalibrationError(reliabilityBins(confidences, labels, predicted)),
    nll: meanCrossEntropy(logits, labels, classes.length, temperature),
    brier: brierScore(probabilities, labels, classes.length),
  }
}

/** The temperature of the probabilities that a model answers with. */
export function servedTemperature({
  calibrated,
  temperature,
}: Pick<BundleManifest, 'calibrated' | 'temperature'>): number {
  return calibrated ? temperature : 1
}
