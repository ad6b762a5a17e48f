import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { renderVegaLite, svgToPng, type VegaLiteSpec } from './index.ts'

const chart: VegaLiteSpec = {
  width: 200,
  height: 100,
  title: 'A <b>bold</b> & plain title',
  data: { values: [1, 2, 4].map((y, x) => ({ x, y })) },
  mark: 'line',
  encoding: {
    x: { field: 'x', type: 'quantitative' },
    y: { field: 'y', type: 'quantitative' },
  },
}

const square = (content: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">${content}</svg>`

async function darkPixels(png: Uint8Array): Promise<number> {
  const pixels = await sharp(png).flatten().greyscale().raw().toBuffer()
  return pixels.filter((value) => value < 128).length
}

describe('svgToPng', () => {
  it('draws at twice the size of the SVG, or at the width asked for', async () => {
    const twice = await sharp(svgToPng(square(''))).metadata()
    expect([twice.width, twice.height]).toEqual([80, 40])
    const wide = await sharp(svgToPng(square(''), { width: 120 })).metadata()
    expect([wide.width, wide.height]).toEqual([120, 60])
  })

  it('draws text with the packaged fonts', async () => {
    const text = '<text x="2" y="16" font-family="sans-serif" font-size="14">Abc</text>'
    expect(await darkPixels(svgToPng(square(text)))).toBeGreaterThan(100)
    expect(await darkPixels(svgToPng(square('')))).toBe(0)
  })

  it('paints the background asked for', async () => {
    const png = svgToPng(square(''), { background: '#102030' })
    expect([...(await sharp(png).removeAlpha().raw().toBuffer()).subarray(0, 3)]).toEqual([
      0x10, 0x20, 0x30,
    ])
  })
})

describe('renderVegaLite', () => {
  it('gives an SVG and a PNG of twice its size', async () => {
    const { svg, png } = await renderVegaLite(chart)
    const width = Number(/width="(\d+)"/.exec(svg)?.[1])
    expect(width).toBeGreaterThan(200)
    expect((await sharp(png).metadata()).width).toBe(2 * width)
    expect(await darkPixels(png)).toBeGreaterThan(500)
  })

  it('escapes markup in texts', async () => {
    const { svg } = await renderVegaLite(chart)
    expect(svg).toContain('A &lt;b&gt;bold&lt;/b&gt; &amp; plain title')
  })

  it('gives the same SVG and bytes for the same chart', async () => {
    const clipped = { ...chart, mark: { type: 'line', clip: true } }
    const first = await renderVegaLite(clipped)
    expect(first.svg).toContain('clip-path')
    expect(await renderVegaLite(clipped)).toEqual(first)
  })
})
