import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { exampleCurves, exampleReport } from '../../test/support/evaluation-example.ts'
import { evaluationReportSchema } from '../contracts/index.ts'
import { type Mistake, renderFigures, writeEvaluation } from './index.ts'

const NASTY = '<script>alert("x")</script> & \'co\''
const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=='

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-evaluation-'))
})
afterEach(async () => rm(folder, { recursive: true }))

async function pageOf(
  report = exampleReport(500),
  details: Parameters<typeof writeEvaluation>[3] = {},
): Promise<string> {
  const { reportHtml } = await writeEvaluation(folder, join(folder, 'figures'), report, details)
  return readFile(reportHtml, 'utf8')
}

describe('writeEvaluation', () => {
  it('writes the report, the page and the five figures, and leaves nothing else', async () => {
    const details = { curves: exampleCurves(3, 50) }
    const files = await writeEvaluation(
      folder,
      join(folder, 'figures'),
      exampleReport(500),
      details,
    )
    expect((await readdir(folder)).sort()).toEqual(['figures', 'report.html', 'report.json'])
    expect((await readdir(join(folder, 'figures'))).sort()).toEqual([
      'classification_report.png',
      'confusion_matrix_normalized.png',
      'test_accuracy.png',
      'train_accuracy.png',
      'train_loss.png',
    ])
    expect(files.figures).toHaveLength(5)
    const json = JSON.parse(await readFile(files.reportJson, 'utf8'))
    expect(evaluationReportSchema.parse(json)).toEqual(exampleReport(500))
  })

  it('leaves out the training figures of a model without a run', async () => {
    const page = await pageOf()
    expect(await readdir(join(folder, 'figures'))).toHaveLength(3)
    expect(page).not.toContain('Training loss')
  })

  it('writes nothing when a thumbnail is not a PNG', async () => {
    const mistake = { pngDataUri: 'https://example.org/a.png', actual: 'a', predicted: 'b' }
    await expect(pageOf(undefined, { mistakes: [{ ...mistake, confidence: 1 }] })).rejects.toThrow(
      expect.objectContaining({ code: 'EVALUATION_INPUT' }),
    )
    expect(await readdir(folder)).toEqual([])
  })
})

describe('report.html', () => {
  it('puts the verdict first', async () => {
    const report = exampleReport(500)
    const page = await pageOf(report, { command: 'atelier evaluate my-run' })
    const { value, low, high } = report.accuracy
    expect(page).toContain(`${(100 * value).toFixed(2)}% <small>right, of 500 test images`)
    expect(page).toContain(`${(100 * low).toFixed(2)}\u00a0–\u00a0${(100 * high).toFixed(2)}%`)
    expect(page).toContain('This is the 3rd look at the test split of this data set, the 1st by')
    for (const fact of ['421,642 parameters', 'fashion-mnist', 'brisk-otter', '<dd>42</dd>']) {
      expect(page).toContain(fact)
    }
    expect(page).toContain('<pre>atelier evaluate my-run</pre>')
    expect(page.indexOf('verdict"')).toBeLessThan(page.indexOf('Per class'))
  })

  it('escapes every text it is given', async () => {
    const report = exampleReport(300, [NASTY, 'a', 'b'])
    const nasty = { ...report, model: { ...report.model, run_id: NASTY, source: NASTY } }
    const mistakes: Mistake[] = [
      { pngDataUri: PIXEL, actual: NASTY, predicted: NASTY, confidence: 0.9 },
    ]
    const page = await pageOf(nasty, { mistakes, configuration: NASTY, command: NASTY })
    expect(/<script/i.test(page)).toBe(false)
    expect(page.includes('"x"')).toBe(false)
    expect(page.split('&lt;script&gt;alert(&quot;x&quot;)').length).toBeGreaterThan(8)
  })

  it('asks the network for nothing and runs no script', async () => {
    const page = await pageOf(undefined, { curves: exampleCurves(2, 20) })
    const withoutNames = page.replaceAll(/xmlns(:xlink)?="[^"]*"/g, '')
    expect(/https?:|<link|<script|@import|url\((?!#)/.exec(withoutNames)?.[0]).toBeUndefined()
    expect(page.includes('content="default-src &#39;none&#39;;')).toBe(true)
  })

  it('gives every drawing its own ids, and refers only to ids that exist', async () => {
    const page = await pageOf(undefined, { curves: exampleCurves(2, 20) })
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id)
    expect(ids.length).toBeGreaterThan(1)
    expect(new Set(ids).size).toBe(ids.length)
    for (const [, id] of page.matchAll(/url\(#([^)]+)\)/g)) expect(ids).toContain(id)
  })
})

describe('renderFigures', () => {
  it.each([
    ['ten classes', 10, 10_000, 5],
    ['two classes and one epoch', 2, 50, 1],
    ['a hundred classes and fifty epochs', 100, 5000, 50],
  ])('draws PNGs that show something for %s', async (_, classes, images, epochs) => {
    const names = Array.from({ length: classes }, (_, k) => `class ${k}`)
    const figures = await renderFigures(exampleReport(images, names), exampleCurves(epochs, 100))
    for (const { svg, png } of Object.values(figures)) {
      const [, width, height] = /<svg[^>]* width="([\d.]+)" height="([\d.]+)"/.exec(svg)!
      const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true })
      expect(Math.abs(info.width - 2 * Number(width))).toBeLessThanOrEqual(1)
      expect(Math.abs(info.height - 2 * Number(height))).toBeLessThanOrEqual(1)
      expect(info.width).toBeGreaterThan(500)
      const dark = data.filter((value) => value < 100).length
      expect(dark / data.length).toBeGreaterThan(0.003)
    }
  })

  it('survives names that XML forbids, and a run that diverged', async () => {
    const curves = exampleCurves(2, 30)
    const broken = {
      steps: curves.steps.map((point, at) => (at < 40 ? point : { ...point, loss: NaN })),
      epochs: curves.epochs.map((point) => ({ ...point, val_loss: Infinity, best: false })),
    }
    const names = ['bell \u0007 and null \u0000', '\ud800 half', `${'long '.repeat(30)}`, '']
    const figures = await renderFigures(exampleReport(200, names), broken)
    expect(Object.keys(figures)).toHaveLength(5)
    for (const { svg } of Object.values(figures)) expect(svg).not.toMatch(/NaN|Infinity/)
  })

  it('draws a hundred thousand steps from at most a thousand points', async () => {
    const { train_loss } = await renderFigures(exampleReport(100), exampleCurves(10, 10_000))
    expect(train_loss!.svg.length).toBeLessThan(100_000)
  })
})

describe('the door of evaluation', () => {
  it('does not load Vega before something is drawn', async () => {
    const folders = ['evaluation', 'figures'].map((name) => join(import.meta.dirname, '..', name))
    const names = await Promise.all(
      folders.map(async (at) => (await readdir(at)).map((file) => join(at, file))),
    )
    const sources = names.flat().filter((file) => !file.endsWith('.test.ts'))
    const texts = await Promise.all(sources.map((file) => readFile(file, 'utf8')))
    expect(texts.filter((text) => text.includes("import('vega')"))).toHaveLength(1)
    expect(texts.filter((text) => /^import (?!type).*'vega/m.test(text))).toEqual([])
  })
})
