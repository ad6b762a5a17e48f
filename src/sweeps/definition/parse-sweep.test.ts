import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AtelierError } from '../../core/index.ts'
import { parseSweep } from './parse-sweep.ts'

const fixture = resolve(import.meta.dirname, '../../../test/fixtures/sweeps/original.yaml')

const macro = (name: string) => `\${${name}}`

describe('parseSweep', () => {
  it('reads the sweep file of the Python original', () => {
    const sweep = parseSweep(readFileSync(fixture, 'utf8'), 'sweep.yaml')
    expect(sweep).toMatchObject({
      method: 'random',
      metric: { name: 'epoch/test_acc', goal: 'maximize', impute: 'worst' },
      runCap: 5,
      repeats: 1,
      program: 'fashionmnist_classification_mlops.sweep_runner',
      command: [macro('env'), macro('interpreter'), '-m', macro('program'), macro('args')],
      warnings: [],
    })
    expect(
      sweep.parameters.map(({ path, distribution, line }) => [path, distribution, line]),
    ).toEqual([
      [['batch_size'], { type: 'categorical', values: [32, 64, 128] }, 13],
      [['epochs'], { type: 'categorical', values: [3, 5, 8] }, 15],
      [['lr'], { type: 'log_uniform_values', min: 0.0001, max: 0.01 }, 9],
      [['model'], { type: 'categorical', values: ['cnn', 'mlp'] }, 17],
    ])
  })

  it.each([
    ['method: random\nmetod: grid', 's.yaml:2: metod is not a key of', "Did you mean 'method'?"],
    [
      'method: rand\nparameters: {a: {value: 1}}',
      's.yaml:1: method is "rand", but must be one of grid, random, bayes.',
      undefined,
    ],
    [
      'method: random\nparameters:\n  lr:\n    mni: 0.1\n    max: 1.0',
      's.yaml:4: mni is not a key of parameters.lr.',
      "Did you mean 'min'?",
    ],
    [
      'method: random\nparameters:\n  lr:\n    min: 1e-4\n    max: 1.0',
      's.yaml:4: parameters.lr.min is "1e-4", but must be a number.',
      'YAML reads 1e-4 as text: write 1.0e-4.',
    ],
    [
      'method: random\nparameters:\n  lr:\n    min: 2.0\n    max: 1.0',
      's.yaml:3: parameters.lr has a min of 2, which is not less than its max of 1.',
      undefined,
    ],
    [
      'method: random\nparameters:\n  lr: {distribution: log_unifrm, min: 1, max: 2}',
      "s.yaml:3: parameters.lr.distribution is 'log_unifrm', which is not a distribution.",
      "Did you mean 'log_uniform'?",
    ],
    [
      'method: random\nparameters:\n  lr: {distribution: uniform, min: 1, max: 2, q: 3}',
      's.yaml:3: parameters.lr.q does not go with uniform, which has: min, max.',
      undefined,
    ],
    [
      'method: random\nparameters:\n  o:\n    parameters:\n      lr: {min: 1}',
      "s.yaml:5: parameters.o.parameters.lr needs 'value', 'values', 'min' and 'max'",
      undefined,
    ],
    [
      'method: grid\nparameters:\n  a: {value: 1}\n  lr:\n    min: 0.1\n    max: 0.2',
      's.yaml:4: parameters.lr is uniform, which a grid cannot list.',
      'A grid takes value, values, whole-number min and max, and q_uniform.',
    ],
    [
      'method: grid\nparameters: {a: {min: 0, max: 1000000000}}',
      's.yaml:2: parameters.a has 1000000000 values, more than a grid can list.',
      undefined,
    ],
    [
      'method: random\nparameters: {a: {value: 1}}\nmetric: {name: m, gaol: minimize}',
      's.yaml:3: gaol is not a key of metric.',
      "Did you mean 'goal'?",
    ],
    ['- 1', 's.yaml:1: the sweep file is [1], but must hold `key: value` lines.', undefined],
    ['', "s.yaml:1: the sweep file needs 'method'.", undefined],
  ])('says what is wrong with %j', (text, message, hint) => {
    const error = errorOf(() => parseSweep(text, 's.yaml'))
    expect(error.code).toBe('SWEEP_INVALID')
    expect(error.message.slice(0, message.length)).toBe(message)
    if (hint !== undefined) expect(error.hint).toBe(hint)
  })

  it('refuses what is not YAML, with the line', () => {
    const error = errorOf(() => parseSweep('method: random\nmethod: grid', 's.yaml'))
    expect(error.code).toBe('CONFIG_SYNTAX')
    expect(error.message).toMatch(/^s\.yaml:2: /)
  })

  it('warns of keys without effect and of bounds that are exponents', () => {
    const text =
      'method: random\njob: x\nparameters: {lr: {distribution: log_uniform, min: -9, max: -2}}'
    expect(parseSweep(text, 's.yaml').warnings).toEqual([
      'job has no effect here.',
      'lr: the bounds of log_uniform are exponents of e; log_uniform_values takes values.',
    ])
  })

  it('reads repeats, which W&B does not know', () => {
    const text = 'method: random\nrepeats: 3\nparameters: {a: {value: 1}}'
    expect(parseSweep(text, 's.yaml').repeats).toBe(3)
  })
})

function errorOf(act: () => unknown): AtelierError {
  try {
    act()
  } catch (error) {
    if (error instanceof AtelierError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
