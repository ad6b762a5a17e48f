import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { forEachConcurrent } from './for-each-concurrent.ts'

describe('forEachConcurrent', () => {
  it('works on every item, never on more at once than allowed', async () => {
    let [running, most] = [0, 0]
    const done: number[] = []
    await forEachConcurrent(
      Array.from({ length: 25 }, (_, i) => i),
      4,
      async (item) => {
        most = Math.max(most, ++running)
        await sleep(item % 3)
        running--
        done.push(item)
      },
    )
    expect([most, running]).toEqual([4, 0])
    expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: 25 }, (_, i) => i))
  })

  it('stops at the first failure, tells those that run, and waits for them', async () => {
    const [begun, told]: [number[], number[]] = [[], []]
    const work = async (item: number, signal: AbortSignal) => {
      begun.push(item)
      if (item === 2) throw new Error('two failed')
      await sleep(5000, undefined, { signal }).catch(() => sleep(20))
      told.push(item)
    }
    await expect(forEachConcurrent([0, 1, 2, 3, 4, 5], 3, work)).rejects.toThrow('two failed')
    expect([begun, told]).toEqual([
      [0, 1, 2],
      [0, 1],
    ])
  })

  it('takes items that come late, and passes on their failure and its signal', async () => {
    async function* late() {
      for (let i = 0; i < 5; i++) {
        await sleep(1)
        yield i
      }
      throw new Error('no more')
    }
    const done: number[] = []
    const work = async (item: number) => void done.push(item)
    await expect(forEachConcurrent(late(), 2, work)).rejects.toThrow('no more')
    expect(done).toEqual([0, 1, 2, 3, 4])
    const signal = AbortSignal.abort(new Error('stopped'))
    await expect(forEachConcurrent([1, 2], 2, work, signal)).rejects.toThrow('stopped')
    expect(done).toHaveLength(5)
  })

  it('lets many listen to its signal without a warning', async () => {
    const warnings: string[] = []
    const onWarning = ({ name }: Error) => void warnings.push(name)
    process.on('warning', onWarning)
    const work = (_: number, signal: AbortSignal) => sleep(5, undefined, { signal })
    const items = Array.from({ length: 30 }, (_, i) => i)
    await forEachConcurrent(items, 16, work, new AbortController().signal)
    await sleep(5)
    process.off('warning', onWarning)
    expect(warnings).toEqual([])
  })
})
