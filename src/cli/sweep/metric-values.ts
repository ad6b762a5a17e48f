import type { MetricsLine } from '../../contracts/index.ts'

/** The values of a line of `metrics.jsonl` by their metrics' names. */
export function metricValues(line: MetricsLine): Readonly<Record<string, number>> {
  switch (line.type) {
    case 'step':
      return {
        'batch.loss': line.loss,
        'batch.accuracy': line.accuracy,
        learning_rate: line.learning_rate,
      }
    case 'epoch':
      return {
        'train.loss': line.train_loss,
        'train.accuracy': line.train_accuracy,
        'val.loss': line.val_loss,
        'val.accuracy': line.val_accuracy,
        images_per_second: line.images_per_second,
      }
    case 'log':
      return line.values
  }
}
