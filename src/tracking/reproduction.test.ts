import { describe, expect, it } from 'vitest'
import type { MetricsLine, RunRecord } from '../contracts/index.ts'
import { differencesBetween, firstDivergence } from './reproduction.ts'

const step = (number: number, loss: number): MetricsLine => ({
  type: 'step',
  time: 0,
  step: number,
  epoch: 1,
  loss,
  accuracy: 0.5,
  learning_rate: 0.1,
})

function recordWith(changes: Partial<RunRecord['environment']>, git: RunRecord['git'] = null) {
  const environment = {
    node: '20.20.0',
    platform: 'linux-x64',
    host: 'here',
    cpu: 'Fast',
    cores: 2,
    memory_bytes: 1,
    libraries: { atelier: '1.0.0', sharp: '2.0.0' },
    ...changes,
  }
  return {
    git,
    environment,
    dataset: { name: 'd', digest: 'a'.repeat(64) },
  } as unknown as RunRecord
}

describe('firstDivergence', () => {
  it('finds the first loss that differs in its last bit', () => {
    const [before, now] = [
      [step(1, 2), step(2, 1), step(3, 1)],
      [step(1, 2), step(2, 1 + 2 ** -52)],
    ]
    expect(firstDivergence(before, now)).toEqual({ step: 2, before: 1, now: 1 + 2 ** -52 })
    expect(firstDivergence(before, before)).toBeUndefined()
  })

  it('finds the end of the shorter training', () => {
    const lines = [step(1, 2), step(2, 1)]
    expect(firstDivergence(lines, lines.slice(0, 1))).toEqual({ step: 2, before: 1, now: null })
    expect(firstDivergence(lines.slice(0, 1), lines)).toEqual({ step: 2, before: null, now: 1 })
  })

  it('passes over lines that are no steps', () => {
    const logged: MetricsLine = { type: 'log', time: 0, step: 1, values: { 'system.cpu': 80 } }
    expect(firstDivergence([logged, step(1, 2)], [step(1, 2)])).toBeUndefined()
  })
})

describe('differencesBetween', () => {
  it('names what decides the numbers, and not the host', () => {
    const before = recordWith({})
    expect(differencesBetween(before, recordWith({ host: 'there', cores: 4 }))).toEqual([])
    const now = recordWith({ node: '24.1.0', libraries: { atelier: '1.0.0', other: '1.0.0' } })
    expect(differencesBetween(before, now)).toEqual([
      { what: 'node', before: '20.20.0', now: '24.1.0' },
      { what: 'library sharp', before: '2.0.0', now: 'none' },
      { what: 'library other', before: 'none', now: '1.0.0' },
    ])
  })

  it('tells a commit from one with changes', () => {
    const git = { commit: '0123456789abcdef', branch: 'main', remote: null, dirty: false }
    const [clean, dirty] = [recordWith({}, git), recordWith({}, { ...git, dirty: true })]
    expect(differencesBetween(clean, dirty)).toEqual([
      { what: 'code', before: '0123456789ab', now: '0123456789ab with changes' },
    ])
    expect(differencesBetween(recordWith({}), clean)[0]).toMatchObject({ before: 'no commit' })
  })
})
