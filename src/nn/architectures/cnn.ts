import type { Architecture } from '../architecture.ts'
import { conv, dense, dropout, flatten, maxPool, relu, sequential } from '../layers.ts'

/** The original's network: two convolutions, two dense layers; 421,642 parameters on 28 x 28 grey. */
export const cnn: Architecture = {
  summary: 'Two 3x3 convolutions and two dense layers (the original).',
  dropout: 0.3,
  layers: ({ classes, dropout: rate, channels }) =>
    sequential(
      conv(channels(32)),
      relu,
      maxPool(2),
      conv(channels(64)),
      relu,
      maxPool(2),
      flatten,
      dropout(rate),
      dense(channels(128)),
      relu,
      dropout(rate),
      dense(classes),
    ),
}
