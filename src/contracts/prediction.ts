/**
 * One answered prediction, as the service hands it on: to the prediction log, and to whoever listens.
 * Never the image itself. What a model's runs and versions are called is text, so that no folder needs
 * another's types.
 */
export interface PredictionRecord {
  /** UUID of version 7; the answer carries it as `prediction_id`. */
  readonly id: string
  /** Milliseconds since 1970. */
  readonly time: number
  readonly model: PredictionModel
  /** Measured on the very pixels the model saw: name → value (`avg_brightness`, `contrast`, …). */
  readonly features: Readonly<Record<string, number>>
  /** The picture as it came. */
  readonly image: {
    readonly width: number
    readonly height: number
    readonly format: string
  }
  readonly predicted_class: string
  /** Probability of the predicted class. */
  readonly confidence: number
  /** [classes], in the order of the model's class names. */
  readonly probabilities: ArrayLike<number>
  /** From the arrival of the request to the answer of the model. */
  readonly latency_ms: number
}

export interface PredictionModel {
  /** The registered name; the run's id for a model that is not registered. */
  readonly name: string
  /** Of the registry; null for a model that is not registered. */
  readonly version: number | null
  /** SHA-256 of the model file. */
  readonly sha256: string
  /** Of the preprocessing. */
  readonly fingerprint: string
  /** In the order of the probabilities. */
  readonly classes: readonly string[]
}

/** A true label that came later, for a prediction that was answered. */
export interface PredictionFeedback {
  readonly prediction_id: string
  readonly label: string
  /** Milliseconds since 1970. */
  readonly time: number
}
