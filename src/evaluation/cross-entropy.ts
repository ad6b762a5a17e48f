/** Mean of −log softmax(logits / temperature)[label], in nats; safe for logits of any size. */
export function meanCrossEntropy(
  logits: Float32Array,
  labels: Int32Array,
  classes: number,
  temperature = 1,
): number {
  let sum = 0
  for (let row = 0; row < labels.length; row++) {
    sum -= logSoftmaxAt(logits, row, labels[row]!, classes, temperature)
  }
  return sum / labels.length
}

/**
 * log softmax(logits / T) of one row and column. Everything is taken relative to the row's largest
 * logit: nothing overflows, and equal large logits do not swallow the logarithm.
 */
export function logSoftmaxAt(
  logits: Float32Array,
  row: number,
  column: number,
  classes: number,
  temperature: number,
): number {
  const start = row * classes
  let top = -Infinity
  for (let k = 0; k < classes; k++) top = Math.max(top, logits[start + k]!)
  let sum = 0
  for (let k = 0; k < classes; k++) sum += Math.exp((logits[start + k]! - top) / temperature)
  return (logits[start + column]! - top) / temperature - Math.log(sum)
}
