import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { formatDuration, formatProgressLine } from './progress-line.ts'
import { createRateMeter } from './rate-meter.ts'
import { formatTable } from './table.ts'
import { Terminal } from './terminal.ts'

function setUp(isTTY: boolean) {
  const writes: string[] = []
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      writes.push(String(chunk))
      done()
    },
  })
  const time = { now: 0 }
  const clock = { now: () => time.now, monotonic: () => time.now }
  const terminal = new Terminal(Object.assign(stream, { isTTY, columns: 80 }), clock)
  return { terminal, writes, time }
}

/** What a screen shows after these writes; only the codes that Terminal uses. */
function screenOf(writes: readonly string[]): string[] {
  const lines = ['']
  let row = 0
  const text = writes.join('').replaceAll('\u001b', '^')
  for (const [token] of text.matchAll(/\^\[[?\d]*[A-Za-z]|[\r\n]|[^^\r\n]+/g)) {
    const up = /^\^\[(\d+)A$/.exec(token)?.[1]
    if (token === '\n') lines[++row] ??= ''
    else if (up !== undefined) row -= Number(up)
    else if (token === '^[2K') lines[row] = ''
    else if (token === '^[J') lines.splice(row + 1)
    else if (!token.startsWith('^') && token !== '\r') lines[row] += token
  }
  return lines
}

describe('Terminal on a tty', () => {
  it('keeps a block of lines below what is logged, drawn over itself, and takes it away', () => {
    const { terminal, writes } = setUp(true)
    terminal.block.show(['a 1', 'b 1', 'c 1'])
    terminal.block.show(['a 2', 'b 2'])
    expect(screenOf(writes)).toEqual(['a 2', 'b 2'])
    terminal.logger.warn('odd')
    terminal.progress.start({ label: 'Drawing', total: 2, unit: 'images' }).update(1)
    expect(screenOf(writes)).toEqual(['warning: odd', 'a 2', 'b 2'])
    terminal.block.show(['a 3'])
    terminal.logger.info('done')
    expect(screenOf(writes)).toEqual(['warning: odd', 'done', 'a 3'])
    terminal.close()
    expect(screenOf(writes)).toEqual(['warning: odd', 'done', ''])
    expect(writes.join('').endsWith('\u001b[?25h')).toBe(true)
  })

  it('draws at most ten times a second', () => {
    const { terminal, writes, time } = setUp(true)
    const task = terminal.progress.start({ label: 'Epoch 1', total: 1000, unit: 'images' })
    for (let i = 1; i <= 1000; i++) {
      time.now = i
      task.update(i)
    }
    expect(writes.length).toBeGreaterThanOrEqual(9)
    expect(writes.length).toBeLessThanOrEqual(10)
  })

  it('hides the cursor while a line is shown and always gives it back', () => {
    const { terminal, writes } = setUp(true)
    terminal.progress.start({ label: 'Epoch 1', total: 10, unit: 'images' }).update(1)
    expect(writes.join('')).toContain('\u001b[?25l')
    terminal.close()
    expect(writes.join('').endsWith('\u001b[?25h')).toBe(true)
  })

  it('prints log lines above the progress line', () => {
    const { terminal, writes } = setUp(true)
    terminal.progress.start({ label: 'Epoch 1', total: 10, unit: 'images' }).update(1)
    terminal.logger.warn('odd')
    expect(writes.at(-3)).toContain('\u001b[2K')
    expect(writes.at(-2)).toBe('warning: odd\n')
    expect(writes.at(-1)).toContain('Epoch 1')
  })
})

describe('Terminal without a tty', () => {
  it('prints a plain line every ten seconds and one at the end', () => {
    const { terminal, writes, time } = setUp(false)
    const task = terminal.progress.start({ label: 'Epoch 1', total: 1000, unit: 'images' })
    for (let i = 1; i <= 25; i++) {
      time.now = i * 1000
      task.update(i * 40)
    }
    task.finish('loss 0.3')
    expect(writes).toHaveLength(3)
    expect(writes.join('')).not.toContain('\u001b')
    expect(writes.at(-1)).toBe('Epoch 1: 1,000 images in 25.0 s · loss 0.3\n')
  })
})

describe('formatProgressLine', () => {
  const state = {
    label: 'Epoch 1',
    unit: 'images',
    total: 55_000,
    done: 23_100,
    note: 'loss 0.31',
    rate: 4812,
    elapsed: 5000,
  }

  it('shows bar, share, counts, rate, time left and note', () => {
    expect(formatProgressLine(state, 200)).toBe(
      `Epoch 1 ${'━'.repeat(10)}${'─'.repeat(14)} 42 % 23,100/55,000 images 4,812/s 7 s left · loss 0.31`,
    )
  })

  it('never exceeds the width, and does without a total', () => {
    expect([...formatProgressLine(state, 40)]).toHaveLength(40)
    expect(formatProgressLine({ ...state, total: undefined, note: undefined }, 200)).toBe(
      'Epoch 1 23,100 images 4,812/s',
    )
  })
})

describe('createRateMeter', () => {
  it('follows the last seconds, not the whole run', () => {
    const meter = createRateMeter()
    for (let s = 0; s <= 60; s++) meter.add(s * 1000, s * 10)
    for (let s = 1; s <= 10; s++) meter.add(60_000 + s * 1000, 600 + s * 100)
    expect(meter.rate()).toBeCloseTo(100, 0)
  })
})

describe('formatDuration', () => {
  it.each([
    [850, '850 ms'],
    [12_340, '12.3 s'],
    [59_960, '1 min 00 s'],
    [245_000, '4 min 05 s'],
    [3_720_000, '1 h 02 min'],
  ])('writes %i ms as %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text)
  })
})

describe('formatTable', () => {
  it('aligns columns and numbers', () => {
    const columns = [{ title: 'class' }, { title: 'n', align: 'right' as const }]
    expect(
      formatTable(columns, [
        ['Coat', '5'],
        ['T-shirt', '120'],
      ]),
    ).toBe('class      n\n───────  ───\nCoat       5\nT-shirt  120')
  })
})
