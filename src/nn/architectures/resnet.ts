import type { Architecture } from '../architecture.ts'
import {
  batchNormalization,
  conv,
  dense,
  dropout,
  globalAveragePool,
  maxPool,
  relu,
  residual,
  sequential,
} from '../layers.ts'

/** A residual network of three stages, below one million parameters. */
export const resnet: Architecture = {
  summary: 'A residual network of three stages, below one million parameters.',
  dropout: 0.1,
  layers: ({ classes, dropout: rate, channels }) => {
    const unit = (filters: number) =>
      sequential(conv(channels(filters), { bias: false }), batchNormalization(), relu)
    const block = (filters: number) => residual(sequential(unit(filters), unit(filters)))
    return sequential(
      unit(32),
      maxPool(2),
      unit(64),
      block(64),
      maxPool(2),
      unit(128),
      block(128),
      globalAveragePool,
      dropout(rate),
      dense(classes),
    )
  },
}
