import { describe, expect, it } from 'vitest'
import { ApiError } from '../shared/request.ts'
import { judgeFailure } from './judge-failure.ts'

const failure = (status: number, retryAfter?: number) =>
  new ApiError(status, { detail: 'No.', code: 'NO' }, retryAfter)
const fresh = { waited: false, held: undefined } as const

describe('judgeFailure', () => {
  it('waits once when the service says for how long', () => {
    for (const status of [429, 503]) {
      expect(judgeFailure(failure(status, 2), fresh)).toEqual({ kind: 'wait', ms: 2000 })
      expect(judgeFailure(failure(status, 0), fresh)).toEqual({ kind: 'wait', ms: 500 })
      expect(judgeFailure(failure(status, 2), { ...fresh, waited: true }).kind).toBe('fail')
      expect(judgeFailure(failure(status, 600), fresh).kind).toBe('fail')
      expect(judgeFailure(failure(status), fresh).kind).toBe('fail')
    }
  })

  it('holds what got no answer, but only once', () => {
    expect(judgeFailure(failure(0), fresh)).toEqual({ kind: 'hold', reason: 'offline' })
    expect(judgeFailure(failure(0), { ...fresh, held: 'offline' }).kind).toBe('fail')
    expect(judgeFailure(failure(0), { ...fresh, held: 'token' }).kind).toBe('hold')
  })

  it('holds for the token however often it was wrong', () => {
    const verdict = { kind: 'hold', reason: 'token' }
    expect(judgeFailure(failure(401), { ...fresh, held: 'token' })).toEqual(verdict)
  })

  it('takes other answers as they are', () => {
    for (const status of [400, 413, 422, 500]) {
      expect(judgeFailure(failure(status, 1), fresh)).toEqual({ kind: 'fail' })
    }
    expect(judgeFailure(new Error('odd'), fresh)).toEqual({ kind: 'fail' })
  })
})
