import type { Architecture } from '../architecture.ts'
import { dense, dropout, flatten, relu, sequential } from '../layers.ts'

/** The original's perceptron: one hidden layer; 203,530 parameters on 28 x 28 grey. */
export const mlp: Architecture = {
  summary: 'One hidden layer of 256 units (the original).',
  dropout: 0.2,
  layers: ({ classes, dropout: rate, channels }) =>
    sequential(flatten, dense(channels(256)), relu, dropout(rate), dense(classes)),
}
