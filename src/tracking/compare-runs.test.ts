import { describe, expect, it } from 'vitest'
import type { RunRecord } from '../contracts/index.ts'
import { compareRuns, metricDirection } from './compare-runs.ts'
import type { RunEntry } from './run-store.ts'

function entry(
  config: Readonly<Record<string, unknown>>,
  summary: Readonly<Record<string, number>>,
  record: Partial<RunRecord> = {},
): RunEntry {
  const environment = { node: '20.20.0', cpu: 'x', libraries: { sharp: '1' } }
  return {
    record: { git: null, dataset: null, environment, parameters: 5, summary, ...record },
    config,
  } as unknown as RunEntry
}

describe('compareRuns', () => {
  it('finds what differs, what only one has, and lists by their content', () => {
    const { config } = compareRuns([
      entry({ seed: 1, model: { type: 'cnn', sizes: [1, 2] } }, {}),
      entry({ seed: 1, model: { type: 'mlp', sizes: [1, 2], dropout: null } }, {}),
    ])
    expect(config).toEqual([
      { key: 'seed', values: [1, 1], differs: false },
      { key: 'model.type', values: ['cnn', 'mlp'], differs: true },
      {
        key: 'model.sizes',
        values: [
          [1, 2],
          [1, 2],
        ],
        differs: false,
      },
      { key: 'model.dropout', values: [undefined, null], differs: true },
    ])
  })

  it('marks the best of each metric, none when they are alike or of unknown direction', () => {
    const { metrics } = compareRuns([
      entry({}, { 'val.loss': 0.5, 'val.accuracy': 0.9, 'train.loss': 1, depth: 3 }),
      entry({}, { 'val.loss': 0.4, 'val.accuracy': 0.8, 'train.loss': 1, depth: 4 }),
      entry({}, { 'val.loss': 0.4 }),
    ])
    expect(metrics).toEqual([
      { metric: 'val.accuracy', values: [0.9, 0.8, undefined], best: [0] },
      { metric: 'val.loss', values: [0.5, 0.4, 0.4], best: [1, 2] },
      { metric: 'train.loss', values: [1, 1, undefined], best: [] },
      { metric: 'depth', values: [3, 4, undefined], best: [] },
    ])
  })

  it('tells code, data, libraries and machines apart', () => {
    const git = { commit: 'c', branch: null, remote: null, dirty: false }
    const { surroundings } = compareRuns([
      entry({}, {}, { git }),
      entry({}, {}, { git: { ...git, commit: 'd' }, parameters: 6 }),
    ])
    const differing = surroundings.filter(({ differs }) => differs).map(({ key }) => key)
    expect(differing).toEqual(['code.commit', 'model.parameters'])
    expect(surroundings.map(({ key }) => key)).toContain('library.sharp')
  })
})

describe('metricDirection', () => {
  it.each([
    ['val.accuracy', 'max'],
    ['images_per_second', 'max'],
    ['train.loss', 'min'],
    ['epoch_seconds', 'min'],
    ['learning_rate', undefined],
    ['glossary', undefined],
  ])('%s: %s', (metric, direction) => {
    expect(metricDirection(metric)).toBe(direction)
  })
})
