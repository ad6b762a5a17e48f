import type { Architecture } from '../architecture.ts'
import {
  batchNormalization,
  conv,
  dense,
  dropout,
  globalAveragePool,
  maxPool,
  relu,
  sequential,
} from '../layers.ts'

/** A small batch-norm CNN: four convolutions and one dense layer, below 100,000 parameters. */
export const lite: Architecture = {
  summary: 'Four batch-normalised convolutions, below 100,000 parameters.',
  dropout: 0.1,
  layers: ({ classes, dropout: rate, channels }) => {
    const unit = (filters: number) =>
      sequential(conv(channels(filters), { bias: false }), batchNormalization(), relu)
    return sequential(
      unit(16),
      maxPool(2),
      unit(32),
      unit(64),
      maxPool(2),
      unit(96),
      globalAveragePool,
      dropout(rate),
      dense(classes),
    )
  },
}
