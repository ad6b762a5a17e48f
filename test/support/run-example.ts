/** Runs without training: a folder as `atelier train` makes it, and lines for its metrics. */
import { resolve } from 'node:path'
import { composeConfig } from '../../src/config/index.ts'
import type { Config, MetricsLine } from '../../src/contracts/index.ts'
import { systemClock } from '../../src/core/index.ts'
import { createRun, type NewRun, type Run } from '../../src/tracking/index.ts'

let composed: Promise<{ readonly config: Config }> | undefined

/** A new run under `root`, with the sketch configuration and nothing trained. */
export async function newTestRun(root: string, options: Partial<NewRun> = {}): Promise<Run> {
  const packageConf = resolve(import.meta.dirname, '../../conf')
  composed ??= composeConfig(['data=sketch'], { cwd: packageConf, env: {}, packageConf })
  const { config } = await composed
  return createRun(root, {
    config,
    overrides: ['data=sketch'],
    dataset: { name: 'sketch', digest: 'd'.repeat(64) },
    parameters: 10,
    project: 'default',
    command: ['train', 'data=sketch'],
    libraries: { atelier: '0.1.0' },
    clock: systemClock,
    ...options,
  })
}

export const stepLine = (step: number): MetricsLine => ({
  type: 'step',
  time: 1000 * step,
  step,
  epoch: 1,
  loss: 1 / step,
  accuracy: 0.5,
  learning_rate: 0.001,
})
