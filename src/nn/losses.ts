import {
  add,
  argMax,
  cast,
  equal,
  logSoftmax,
  mul,
  neg,
  oneHot,
  reduceMean,
  reduceSum,
  scalar,
  type Value,
} from '../graph/index.ts'

/**
 * Mean cross-entropy in nats of logits [N, K] and integer labels [N]. Label smoothing s mixes the
 * one-hot target with the uniform one: (1 − s) · onehot + s / K, as PyTorch does.
 */
export function crossEntropy(logits: Value, labels: Value, labelSmoothing = 0): Value {
  const classes = logits.shape[1] as number
  const hard = oneHot(labels, classes)
  const target =
    labelSmoothing === 0
      ? hard
      : add(mul(hard, scalar(1 - labelSmoothing)), scalar(labelSmoothing / classes))
  return reduceMean(neg(reduceSum(mul(target, logSoftmax(logits)), [1])), [0])
}

/** How many of the batch have their largest logit at the label, float32 without axes. */
export function correctCount(logits: Value, labels: Value): Value {
  const hit = equal(argMax(logits, 1), cast(labels, 'int64'))
  return reduceSum(cast(hit, 'float32'), [0])
}
