import type { RunRecord } from '../../src/contracts/index.ts'
import type { Points, RunEntry } from '../../src/tracking/index.ts'

/** A run that a program logged; `minute` says when it was created. */
export function runEntry(
  id: string,
  minute: number,
  record: Partial<RunRecord> = {},
  rest: Partial<RunEntry> = {},
): RunEntry {
  const created = new Date(Date.UTC(2026, 10, 23) + minute * 60_000).toISOString()
  return {
    record: {
      format: 'atelier-run',
      version: 2,
      id,
      project: 'fashion',
      status: 'completed',
      created,
      updated: created,
      seconds: 12.5,
      architecture: null,
      parameters: null,
      seed: null,
      dataset: null,
      config_digest: '0'.repeat(64),
      epochs: null,
      step: 0,
      best: null,
      weight_digest: null,
      test_looks: 0,
      failure: null,
      summary: {},
      tags: [],
      notes: '',
      command: ['node', 'train.js'],
      git: null,
      environment: {
        node: '20.19.0',
        platform: 'linux-x64',
        host: 'bench',
        cpu: 'a processor',
        cores: 2,
        memory_bytes: 2 ** 33,
        libraries: { atelier: '0.1.0' },
      },
      sweep: null,
      ...record,
    },
    config: {},
    overrides: [],
    provenance: [],
    artifacts: [],
    folder: `/runs/${id}`,
    trashed: null,
    ...rest,
  }
}

/** Points of steps `from` to `to` - 1; the value is a function of the step. */
export function points(
  metric: string,
  from: number,
  to: number,
  value: (step: number) => number = (step) => step,
): Points {
  const steps = Float64Array.from({ length: to - from }, (_, index) => from + index)
  return { metric, steps, times: steps.map((step) => 1e12 + step), values: steps.map(value) }
}
