import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ComparedCurve, comparisonSpec } from './comparison-figure.ts'
import { writeComparisonFigures, writeComparisonPage } from './write-comparison.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-comparison-'))
})
afterAll(() => rm(folder, { recursive: true }))

const labels = ['A  quiet-otter', 'B  <b>bold</b>']
const curve = (label: string, values: readonly number[]): ComparedCurve => ({
  label,
  points: values.map((y, at) => ({ x: at + 1, y })),
})

/** Pixels of about a colour. */
async function pixelsLike(png: Uint8Array, color: readonly [number, number, number]) {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  let found = 0
  for (let at = 0; at < data.length; at += info.channels) {
    const distance = color.reduce((sum, part, i) => sum + Math.abs(data[at + i]! - part), 0)
    if (distance < 30) found++
  }
  return found
}

const BLUE = [0x00, 0x72, 0xb2] as const
const ORANGE = [0xd5, 0x5e, 0x00] as const

describe('comparisonSpec', () => {
  it('keeps the colour of a run that an earlier one has no curve beside', () => {
    const spec = comparisonSpec('val.loss', labels, [curve(labels[1]!, [3, 2, 1])])
    expect(spec).toMatchObject({
      encoding: { color: { scale: { domain: [labels[1]], range: ['#d55e00'] } } },
    })
  })

  it('draws a long series from few points, smoothed, and says so', () => {
    const values = Array.from({ length: 100_000 }, (_, at) => 1 + (at % 2))
    const spec = comparisonSpec('batch.loss', labels, [curve(labels[0]!, values)])
    const drawn = (spec as { data: { values: { y: number }[] } }).data.values
    expect(drawn.length).toBeLessThanOrEqual(1000)
    for (const { y } of drawn) expect(Math.abs(y - 1.5)).toBeLessThan(0.01)
    expect(JSON.stringify(spec)).toContain('moving mean')
  })
})

describe('writeComparisonFigures', () => {
  it('draws a line a run, in a file a metric', async () => {
    const { files, figures } = await writeComparisonFigures(folder, labels, [
      { metric: 'val.loss', curves: [curve(labels[0]!, [3, 2, 1]), curve(labels[1]!, [1, 2, 3])] },
      { metric: 'val/odd name', curves: [curve(labels[0]!, [1, Number.NaN, 2])] },
    ])
    expect(files).toEqual(['val_loss.png', 'val_odd_name.png'].map((name) => join(folder, name)))
    const both = await readFile(files[0]!)
    expect(await pixelsLike(both, BLUE)).toBeGreaterThan(1000)
    expect(await pixelsLike(both, ORANGE)).toBeGreaterThan(1000)
    expect(await pixelsLike(await readFile(files[1]!), ORANGE)).toBe(0)
    expect(figures['val.loss']!.svg).toContain('&lt;b&gt;bold')
  })

  it('survives a metric that no run has', async () => {
    const { files } = await writeComparisonFigures(join(folder, 'none'), labels, [
      { metric: 'gone', curves: [] },
    ])
    expect(files).toHaveLength(1)
  })
})

describe('writeComparisonPage', () => {
  const page = {
    runs: labels.map((label) => ({ letter: label[0]!, id: label.slice(3), facts: 'completed' })),
    config: [{ name: 'seed', cells: ['1', '<2>'] }],
    settings: 12,
    surroundings: [],
    metrics: [{ name: 'val.loss', cells: ['0.5', '0.4'], best: [1] }],
  }

  it('escapes what it is given, marks the best, and leaves nothing else behind', async () => {
    const into = join(folder, 'page')
    const path = await writeComparisonPage(into, page, {})
    expect(await readdir(into)).toEqual(['report.html'])
    const text = await readFile(path, 'utf8')
    expect(text).toContain('1 of 12 settings differ')
    expect(text).toContain('&lt;b&gt;bold&lt;/b&gt;')
    expect(text).toContain('<td>&lt;2&gt;</td>')
    expect(text).toContain('<td>0.5</td><td><b>0.4</b></td>')
    expect(text).not.toContain('Code, data and machine')
  })

  it('says that all is alike', async () => {
    const path = await writeComparisonPage(folder, { ...page, config: [], metrics: [] }, {})
    const text = await readFile(path, 'utf8')
    expect(text).toContain('All 12 settings are alike.')
    expect(text).toContain('No run has a metric yet.')
  })
})
