import { describe, expect, it } from 'vitest'
import { exampleLineage, exampleManifest } from '../../../test/support/model-example.ts'
import { runEntry } from '../../../test/support/store-example.ts'
import type { ModelVersion, RegisteredEvaluation } from '../../contracts/index.ts'
import { modelCardMarkdown } from './model-card-markdown.ts'
import { modelCardPage } from './model-card-page.ts'

const scores = { precision: 0.9, recall: 0.8, f1: 0.847, support: 100 }
const evaluation: RegisteredEvaluation = {
  created: '2026-11-23T06:00:00.000Z',
  dataset: { name: 'fashion-mnist', digest: 'd'.repeat(64), split: 'test', size: 300 },
  test_looks: { dataset: 3, run: 1 },
  accuracy: { value: 0.8, low: 0.75, high: 0.84 },
  loss: 0.5,
  per_class: [scores, scores, scores],
  macro_average: scores,
  served: 'calibrated',
  ece: 0.031,
  ece_calibrated: 0.012,
}

const { id, project, created, seconds, environment, sweep } = runEntry('r', 1).record
const run = {
  ...{ id, project, created, seconds, environment, sweep, command: ['train', 'seed=7'] },
  git: { commit: 'abc123', branch: 'main', remote: null, dirty: true },
}

function version(change: Partial<ModelVersion> = {}): ModelVersion {
  return {
    ...{ name: 'shoes', version: 3, created: '2026-11-23T05:31:12.000Z', actor: 'Ada' },
    ...{
      sha256: 'a'.repeat(64),
      bytes: 1_234_567,
      description: 'First.\n\nSecond.',
      tags: ['best'],
    },
    lineage: exampleLineage({ run, evaluations: [evaluation] }),
    ...change,
  }
}

describe('modelCardMarkdown', () => {
  it('tells what the model is, what it can, and where it comes from', () => {
    const text = modelCardMarkdown(version())
    expect(text).toMatch(/^# shoes version 3\n\n## About\n\nFirst\.\n\nSecond\.\n\n/)
    for (const part of [
      'one of 3: shirt, shoe, bag.',
      '| Validation accuracy | 91.00%, epoch 4 |',
      'Look 3 at the test split of this data set, 1 by this run.',
      '| Accuracy | 80.00%, with 95% confidence 75.00% to 84.00% |',
      '| Class | Precision | Recall | F1 | Images |\n|---|---|---|---|---|\n| shirt | 0.9000 | 0.8000 |',
      '| Code | commit abc123, with changes that were not committed |',
      '```sh\natelier train seed=7\n```',
      `| SHA-256 | ${'a'.repeat(64)} |`,
    ]) {
      expect(text).toContain(part)
    }
  })

  it('says what is not known', () => {
    const text = modelCardMarkdown(version({ lineage: exampleLineage() }))
    expect(text).toContain('was not at hand when the model was registered')
    expect(text).not.toContain('Result on')
  })
})

describe('the texts of people', () => {
  const evil = '<script>alert(1)</script> | [x](javascript:y) `z` ```'
  const hostile = version({
    description: evil,
    lineage: exampleLineage({
      manifest: exampleManifest({ classes: [evil, 'b'] }),
      run: { ...run, command: ['train', evil] },
      evaluations: [evaluation],
    }),
  })

  it('become no markup in Markdown', () => {
    const [prose, code] = modelCardMarkdown(hostile).split('````sh')
    expect(prose).not.toMatch(/(?<!\\)[<>`]|(?<!\\)\]\(/)
    // each row has as many cells as its head, whatever the names hold
    const rows = prose!.split('\n').filter((line) => line.includes('0.9000'))
    expect(rows.map((row) => row.split(/(?<!\\)\|/).length)).toEqual([7, 7, 7])
    expect(code).toContain('\n````')
  })

  it('become no markup in the page, which asks for nothing', () => {
    const page = modelCardPage(hostile)
    expect(page).not.toContain('<script')
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(page).toContain('default-src &#39;none&#39;')
    expect(page).not.toMatch(/(?:src|href)="http/)
  })
})
