import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { UploadQueue, type Verdict } from './upload-queue.ts'

interface Sent {
  readonly item: string
  readonly signal: AbortSignal
  readonly answer: (text: string) => Promise<void>
  readonly fail: (verdict: Verdict) => Promise<void>
}

/** A queue whose sends are answered by the test; an error is its own verdict. */
function createExample({ atOnce = 2 } = {}) {
  const sent: Sent[] = []
  const queue = new UploadQueue<string, string>({
    atOnce,
    now: Date.now,
    judge: (error, past) => {
      const verdict = error as Verdict
      return verdict.kind === 'wait' && past.waited ? { kind: 'fail' } : verdict
    },
    send: (item, signal) =>
      new Promise((done, reject) => {
        const settled = () => vi.advanceTimersByTimeAsync(0).then(() => {})
        sent.push({
          item,
          signal,
          answer: (text) => {
            done(text)
            return settled()
          },
          fail: (verdict) => {
            reject(verdict)
            return settled()
          },
        })
      }),
  })
  const states = () => queue.uploads().map(({ item, progress }) => `${item} ${progress.kind}`)
  return { queue, sent, states, names: () => sent.map(({ item }) => item) }
}

describe('UploadQueue', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('sends the oldest first and never more at once than allowed', async () => {
    const { queue, sent, names, states } = createExample()
    queue.add(['a', 'b', 'c'])
    queue.add(['d'])
    expect(names()).toEqual(['a', 'b'])
    await sent[1]!.answer('B')
    expect(names()).toEqual(['a', 'b', 'c'])
    await sent[0]!.answer('A')
    await sent[2]!.answer('C')
    expect(names()).toEqual(['a', 'b', 'c', 'd'])
    expect(states()).toEqual(['d sending', 'a done', 'b done', 'c done'])
  })

  it('goes on after a failure, and sends again what is asked for', async () => {
    const { queue, sent, names, states } = createExample({ atOnce: 1 })
    queue.add(['a', 'b'])
    await sent[0]!.fail({ kind: 'fail' })
    expect(states()).toEqual(['a failed', 'b sending'])
    queue.again(1)
    await sent[1]!.answer('B')
    expect(names()).toEqual(['a', 'b', 'a'])
  })

  it('aborts the request of what is cancelled or removed, and takes no answer of it', async () => {
    const { queue, sent, states } = createExample({ atOnce: 1 })
    queue.add(['a', 'b', 'c'])
    queue.cancel(1)
    expect(sent[0]!.signal.aborted).toBe(true)
    queue.remove(2)
    expect(sent[1]!.signal.aborted).toBe(true)
    await sent[0]!.answer('late')
    expect(states()).toEqual(['a cancelled', 'c sending'])
    queue.clear()
    expect(sent[2]!.signal.aborted).toBe(true)
    expect(states()).toEqual([])
  })

  it('sends nothing while the server asks to wait, and then once more', async () => {
    const { queue, sent, names, states } = createExample()
    queue.add(['a', 'b', 'c'])
    await sent[0]!.fail({ kind: 'wait', ms: 2000 })
    await sent[1]!.answer('B')
    expect(states()).toEqual(['a waiting', 'b done', 'c queued'])
    await vi.advanceTimersByTimeAsync(1999)
    expect(names()).toEqual(['a', 'b'])
    await vi.advanceTimersByTimeAsync(1)
    expect(names()).toEqual(['a', 'b', 'a', 'c'])
    await sent[2]!.fail({ kind: 'wait', ms: 2000 })
    expect(states()[0]).toBe('a failed')
    queue.again(1)
    await sent[4]!.fail({ kind: 'wait', ms: 500 })
    expect(states()[0]).toBe('a waiting')
  })

  it('waits for the longest time it was asked for', async () => {
    const { queue, sent, names } = createExample()
    queue.add(['a', 'b'])
    await sent[0]!.fail({ kind: 'wait', ms: 3000 })
    await sent[1]!.fail({ kind: 'wait', ms: 1000 })
    await vi.advanceTimersByTimeAsync(2000)
    expect(names()).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(1000)
    expect(names()).toHaveLength(4)
  })

  it('holds what cannot be sent until that is over, and remembers it', async () => {
    const { queue, sent, names, states } = createExample()
    queue.add(['a', 'b'])
    await sent[0]!.fail({ kind: 'hold', reason: 'offline' })
    await sent[1]!.fail({ kind: 'hold', reason: 'token' })
    expect(states()).toEqual(['a held', 'b held'])
    queue.release('offline')
    expect(names()).toEqual(['a', 'b', 'a'])
    expect(queue.uploads()[0]!.past.held).toBe('offline')
    queue.again(1)
    expect(queue.uploads()[0]!.past.held).toBeUndefined()
  })

  it('tells its listeners of every change, until they leave', () => {
    const { queue } = createExample()
    const listener = vi.fn()
    const leave = queue.subscribe(listener)
    queue.add(['a'])
    expect(listener).toHaveBeenCalled()
    listener.mockClear()
    leave()
    queue.cancel(1)
    expect(listener).not.toHaveBeenCalled()
  })
})
