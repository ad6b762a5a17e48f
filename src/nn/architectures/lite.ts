import type { Architecture } from '../architecture.ts'
import { conv, convUnit, dense, dropout, flatten, maxPool, relu, sequential } from '../layers.ts'

/** A small batch-norm CNN made for speed: 54,762 parameters on 28 x 28 grey with ten classes. */
export const lite: Architecture = {
  summary: 'Three small convolutions, two of them batch-normalised, below 100,000 parameters.',
  dropout: 0.1,
  layers: ({ classes, dropout: rate, channels }) =>
    sequential(
      conv(channels(16)),
      maxPool(2),
      relu,
      convUnit(channels(32)),
      maxPool(2),
      convUnit(channels(64)),
      flatten,
      dropout(rate),
      dense(classes),
    ),
}
