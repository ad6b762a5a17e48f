import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { applyAliases, createSampler, paramsToOverrides, parseSweep } from './index.ts'

const original = readFileSync(
  resolve(import.meta.dirname, '../../test/fixtures/sweeps/original.yaml'),
  'utf8',
)

const sweepOf = (content: object) =>
  parseSweep(
    JSON.stringify({ method: 'random', parameters: { lr: { values: [0.1, 0.2] } }, ...content }),
    's.yaml',
  )

describe('applyAliases', () => {
  it("makes the original's sweep file one of ours", () => {
    const { sweep, isOwnTraining, warnings } = applyAliases(parseSweep(original, 'sweep.yaml'))
    expect(isOwnTraining).toBe(true)
    expect(sweep.metric).toMatchObject({ name: 'val.accuracy', goal: 'maximize' })
    expect(warnings).toEqual([
      "The metric 'epoch/test_acc' is of the test split; 'val.accuracy' is taken instead.",
    ])
    const overrides = paramsToOverrides(createSampler(sweep, 42).next([])!)
    expect(overrides.map((text) => text.split('=')[0])).toEqual([
      'hyperparameters.batch_size',
      'hyperparameters.epochs',
      'hyperparameters.learning_rate',
      'model.type',
    ])
  })

  it('refuses a metric of the test split where it is to be strict', () => {
    const sweep = parseSweep(original, 'sweep.yaml')
    expect(() => applyAliases(sweep, { strict: true })).toThrow(
      expect.objectContaining({ code: 'SWEEP_TEST_METRIC', hint: "Write 'val.accuracy'." }),
    )
  })

  it.each([
    ['val_acc', 'val.accuracy'],
    ['val/loss', 'val.loss'],
    ['epoch/valid_accuracy', 'val.accuracy'],
    ['validation.loss', 'val.loss'],
    ['train_loss', 'train.loss'],
    ['images_per_second', 'images_per_second'],
    ['test/loss', 'val.loss'],
  ])('knows the metric %s', (name, expected) => {
    expect(applyAliases(sweepOf({ metric: { name } })).sweep.metric?.name).toBe(expected)
  })

  it('refuses a metric that training does not log', () => {
    const sweep = sweepOf({ metric: { name: 'val.accurcy' } })
    expect(() => applyAliases(sweep)).toThrow(
      expect.objectContaining({ code: 'SWEEP_INVALID', hint: "Did you mean 'val.accuracy'?" }),
    )
  })

  it('leaves the parameters and the metric of a foreign program as they are', () => {
    const { sweep, isOwnTraining, warnings } = applyAliases(
      sweepOf({ program: 'train.py', metric: { name: 'test_acc' } }),
    )
    expect(isOwnTraining).toBe(false)
    expect(sweep.parameters[0]!.path).toEqual(['lr'])
    expect(sweep.metric?.name).toBe('test_acc')
    expect(warnings).toHaveLength(1)
    expect(() => applyAliases(sweep, { strict: true })).toThrow(/of the test split/)
  })

  it.each([
    'src/fashionmnist_classification_mlops/sweep_runner.py',
    'fashionmnist_classification_mlops.train',
    'atelier',
    undefined,
  ])('takes %s for our training', (program) => {
    expect(applyAliases(sweepOf({ program })).isOwnTraining).toBe(true)
  })

  it('takes a command without a program for a foreign one', () => {
    expect(applyAliases(sweepOf({ command: ['make', 'train'] })).isOwnTraining).toBe(false)
  })

  it('refuses two names of one setting', () => {
    const sweep = sweepOf({
      parameters: { lr: { value: 1 }, 'hyperparameters.learning_rate': { value: 2 } },
    })
    expect(() => applyAliases(sweep)).toThrow(
      's.yaml:1: parameters.lr sets hyperparameters.learning_rate, which is set already.',
    )
  })
})

describe('paramsToOverrides', () => {
  it('writes what the override grammar reads back', () => {
    const params = {
      a: { b: 1, c: { d: 1e-7 } },
      text: 'plain/text-1.x',
      odd: "it's, {odd}",
      number: '5',
      word: 'true',
      list: [1, 'a', [2]],
      none: null,
      flag: false,
    }
    expect(paramsToOverrides(params)).toEqual([
      'a.b=1',
      'a.c.d=1e-7',
      'text=plain/text-1.x',
      "odd='it\\'s, {odd}'",
      "number='5'",
      "word='true'",
      'list=[1,a,[2]]',
      'none=null',
      'flag=false',
    ])
  })
})
