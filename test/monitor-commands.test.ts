/** From logged predictions to the drift report, through the command line. */
import { EventEmitter, once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandTable, runCli } from '../src/cli/index.ts'
import { driftReportSchema, type PredictionRecord } from '../src/contracts/index.ts'
import { createRandom, systemClock, timeOrderedId } from '../src/core/index.ts'
import { startMonitor } from '../src/main/start-monitor.ts'
import {
  evidentlyReport,
  openObjectPredictionStore,
  openPredictionStore,
} from '../src/monitoring/index.ts'
import { toRows } from '../src/monitoring/log/prediction-rows.ts'
import { serveObjects, startServer, type WebObject } from './support/object-web-server.ts'
import { predictionRecord } from './support/prediction-example.ts'
import { packageRoot } from './support/training-project.ts'

const NOW = Date.UTC(2026, 10, 25)
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-monitor-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

async function monitor(...words: string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const code = await runCli({
    ...{ argv: ['monitor', ...words], cwd: folder, env: {}, stdin: Readable.from([]) },
    ...{ stdout, stderr, packageRoot, clock: systemClock, signals: new EventEmitter() },
    ...{ exit: () => {}, commands: commandTable, self: [process.execPath] },
    startUi: () => Promise.reject(new Error('not in this test')),
    startService: () => Promise.reject(new Error('not in this test')),
    startMonitor: () => Promise.reject(new Error('not in this test')),
  })
  const textOf = (stream: PassThrough) => stream.read()?.toString() ?? ''
  return { code, out: textOf(stdout), err: textOf(stderr) }
}

/** Brightness and contrast of so many images, one pair a row. */
function pairs(count: number, seed: number, shift = 0): [number, number][] {
  const random = createRandom(seed, 'drift')
  return Array.from({ length: count }, () => [
    random.uniform() - 0.5 + shift,
    0.2 + random.uniform() / 2,
  ])
}

function write(name: string, lines: readonly (readonly (string | number)[])[]): string {
  writeFileSync(join(folder, name), `${lines.map((line) => line.join(',')).join('\n')}\n`)
  return name
}

const reference = (name: string, rows = pairs(800, 1)) =>
  write(name, [['avg_brightness', 'contrast'], ...rows])

const log = (name: string, rows: readonly [number, number][]) =>
  write(name, [
    ['timestamp', 'avg_brightness', 'contrast', 'predicted_class', 'confidence'],
    ...rows.map((row, at) => [
      `2026-11-25T08:${String(at % 60).padStart(2, '0')}:00`,
      ...row,
      'coat',
      0.9,
    ]),
  ])

describe('atelier monitor, on CSV files in the columns of the original', () => {
  it('finds no drift where there is none', async () => {
    const files = ['-l', log('clean.csv', pairs(150, 2)), '-r', reference('reference.csv')]
    const checked = await monitor('check', ...files)
    expect(checked).toMatchObject({ code: 0, err: '' })
    expect(checked.out).toMatch(/^ok: Nothing moved[\s\S]*\n150 predictions in clean\.csv/)
  })

  it('tells drift by its exit code, and why', async () => {
    const files = ['-l', log('dark.csv', pairs(150, 2, -0.3)), '-r', reference('reference.csv')]
    const checked = await monitor('check', ...files, '--json')
    expect(checked.code).toBe(1)
    const report = driftReportSchema.parse(JSON.parse(checked.out))
    expect(report).toMatchObject({ verdict: 'drift', model: null })
    expect(report.reason).toContain('avg_brightness went from a median')
    expect(report.distributions.map(({ name }) => name)).toEqual(['avg_brightness', 'contrast'])
    expect(checked.err).toContain('DRIFT_FOUND')
  })

  it('says of too few rows that nothing can be told, with an exit code of its own', async () => {
    const files = ['-l', log('few.csv', pairs(7, 2)), '-r', reference('reference.csv')]
    const checked = await monitor('check', ...files, '--json')
    expect(checked.code).toBe(5)
    expect(driftReportSchema.parse(JSON.parse(checked.out))).toMatchObject({
      ...{ verdict: 'unjudged', needed: 13 },
      reason: 'Nothing shows, but 7 rows would show only the largest changes. Needs 13 more.',
    })
    expect(checked.err).toContain('DRIFT_UNJUDGED')
    await monitor('report', ...files)
    const page = readFileSync(join(folder, 'reports/monitoring/drift_report.html'), 'utf8')
    expect(page).toMatch(/<p class="verdict">Not judged<\/p>\n<p>Nothing shows, but 7 rows/)
  })

  it("has Evidently's numbers of the whole files beside the verdict", async () => {
    const [before, after] = [pairs(800, 1), pairs(150, 3)]
    const files = ['-l', log('three.csv', after), '-r', reference('reference.csv', before)]
    const { evidently } = driftReportSchema.parse(
      JSON.parse((await monitor('check', ...files, '--json')).out),
    )
    const table = (rows: readonly [number, number][]) => ({
      avg_brightness: Float64Array.from(rows, ([brightness]) => brightness),
      contrast: Float64Array.from(rows, ([, contrast]) => contrast),
    })
    const drifts = evidentlyReport(table(before), table(after)).report.metrics[1].result
    expect(evidently.columns.map(({ column, score }) => [column, score])).toEqual(
      Object.values(drifts.drift_by_columns).map((each) => [each.column_name, each.drift_score]),
    )
  })

  it('writes a page and its numbers', async () => {
    const files = ['-l', log('dark.csv', pairs(150, 2, -0.3)), '-r', reference('reference.csv')]
    const written = await monitor('report', ...files)
    expect(written).toMatchObject({ code: 0 })
    expect(written.out).toContain('Report reports/monitoring/drift_report.html')
    const page = readFileSync(join(folder, 'reports/monitoring/drift_report.html'), 'utf8')
    expect(page).toMatch(/<p class="verdict bad">Drift<\/p>/)
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/)
    const json = readFileSync(join(folder, 'reports/monitoring/drift_report.json'), 'utf8')
    expect(driftReportSchema.parse(JSON.parse(json)).window.rows).toBe(150)
  })

  it('reads a CSV log that is an object somewhere', async () => {
    const path = log('far.csv', pairs(150, 2))
    const bytes = readFileSync(join(folder, path))
    const objects = new Map<string, WebObject>([['far.csv', { bytes, modified: NOW }]])
    const server = await startServer(serveObjects(objects))
    const files = (place: string) => ['-l', place, '-r', reference('reference.csv'), '--json']
    const near = await monitor('check', ...files(path))
    const far = await monitor('check', ...files(`${server.url}/far.csv`))
    const { measures } = driftReportSchema.parse(JSON.parse(far.out))
    expect(measures).toEqual(driftReportSchema.parse(JSON.parse(near.out)).measures)
    const gone = await monitor('check', ...files(`${server.url}/gone.csv`))
    expect(gone.err).toContain('OBJECT_NOT_FOUND')
    await server.close()
  })

  it('compares classes by their names, in whatever order they came', async () => {
    const rows = (classes: readonly string[]) => [
      ['avg_brightness', 'contrast', 'predicted_class'],
      ...pairs(300, 5).map((row, at) => [...row, classes[at % classes.length]!]),
    ]
    const files = [
      ...['-l', write('shoes.csv', rows(['shoe', 'coat', 'hat', 'shoe']))],
      ...['-r', write('coats.csv', rows(['coat', 'shoe', 'coat', 'coat']))],
    ]
    const checked = await monitor('check', ...files, '--json')
    const report = driftReportSchema.parse(JSON.parse(checked.out))
    expect(report.classes).toEqual([
      { name: 'coat', reference: 0.75, current: 0.25 },
      { name: 'shoe', reference: 0.25, current: 0.5 },
      { name: 'hat', reference: 0, current: 0.25 },
    ])
    const mix = report.measures.find(({ kind }) => kind === 'class_mix')
    expect(mix).toMatchObject({ drifted: true, changed: 'coat', effect: { value: 0.5 } })
  })

  it('takes the rows of a time or the last ones', async () => {
    const files = ['-l', log('clean.csv', pairs(150, 2)), '-r', reference('reference.csv')]
    const rows = async (...words: string[]) =>
      JSON.parse((await monitor('check', ...files, ...words, '--json')).out).window.rows
    expect(await rows('-n', '40')).toBe(40)
    expect(await rows('--from', '2026-11-25T08:30Z', '--to', '2026-11-25T08:40Z')).toBe(20)
  })

  it('says what is missing and what to do', async () => {
    const known = reference('reference.csv')
    const clean = log('clean.csv', pairs(20, 2))
    const broken = write('broken.csv', [
      ['timestamp', 'contrast'],
      ['2026', 1],
    ])
    const empty = log('empty.csv', [])
    const failures: readonly (readonly [string[], RegExp])[] = [
      [['-l', 'none.csv', '-r', known], /LOG_INVALID.*none\.csv.*no such file/],
      [['-l', broken, '-r', known], /LOG_INVALID.*no column avg_brightness/],
      [['-l', empty, '-r', known], /WINDOW_EMPTY.*empty\.csv has no predictions yet/],
      [['-l', clean, '-r', known, '--from', '1h'], /WINDOW_EMPTY[\s\S]*Widen the window/],
      [['-l', clean], /REFERENCE_NOT_FOUND[\s\S]*--reference RUN\|FILE/],
      [['-r', known], /WINDOW_EMPTY.*atelier\.db has no predictions yet/],
    ]
    for (const [words, told] of failures) {
      const { code, err } = await monitor('check', ...words)
      expect(code, err).toBe(3)
      expect(err).toMatch(told)
    }
    expect((await monitor('check', '--from', 'soon')).err).toMatch(/USAGE.*'soon'/)
  })
})

describe.each(['database', 'objects'])(
  'atelier monitor, on logged predictions in a place of %s',
  (kind) => {
    const place = () => (kind === 'database' ? kind : `file://${folder}/log`)
    const records: PredictionRecord[] = pairs(200, 4).map(([avg_brightness, contrast], at) => ({
      ...predictionRecord(at, NOW + at * 1000, {
        ...{ name: 'garments', version: null, sha256: 'ab'.repeat(32) },
        ...{ fingerprint: 'cd'.repeat(32), classes: ['coat', 'shoe, left', 'bag'] },
      }),
      features: { avg_brightness, contrast },
    }))
    beforeAll(async () => {
      const store =
        kind === 'database'
          ? await openPredictionStore({ path: join(folder, '.atelier/atelier.db') })
          : await openObjectPredictionStore(place(), { clock: systemClock })
      const span = { journal: timeOrderedId(NOW), from: 0, to: 9 }
      await store.append(toRows(records), span, 2, NOW + 1000)
      await store.close()
    })
    const check = async (...words: string[]) =>
      driftReportSchema.parse(
        JSON.parse(
          (await monitor('check', '-r', reference('r.csv'), '-l', place(), ...words, '--json')).out,
        ),
      )

    it('judges the newest, and says what was lost', async () => {
      const report = await check()
      expect(report).toMatchObject({ verdict: 'ok', window: { rows: 200, lost: 2 }, live: null })
      expect(report.model).toEqual({ name: 'garments', version: null, sha256: 'ab'.repeat(32) })
      expect(report.warnings).toContain(
        '2 predictions of that time were answered but could not be logged.',
      )
      expect(report.volume.reduce((sum, { rows }) => sum + rows, 0)).toBe(200)
      expect((await check('-n', '50')).window.rows).toBe(50)
    })

    it('names the models there are, and the reference it looked for', async () => {
      expect((await monitor('check', '-l', place(), '-m', 'hats')).err).toMatch(
        /of hats; there are some of garments/,
      )
      expect((await monitor('check', '-l', place())).err).toMatch(
        /REFERENCE_NOT_FOUND.*runs\/garments/,
      )
    })

    it('joins labels that come later', async () => {
      const lines = records
        .slice(0, 100)
        .map(({ id, predicted_class }, at) => [
          id,
          `"${at < 80 ? predicted_class : predicted_class === 'bag' ? 'coat' : 'bag'}"`,
        ])
      const labels = write('labels.csv', [['prediction_id', 'label'], ...lines])
      expect((await monitor('labels', labels, '-l', place())).out).toBe('Added 100 labels.\n')
      const { live } = await check()
      expect(live).toMatchObject({ labelled: 100, right: 80, accuracy: 0.8, reference: null })
      // Wilson's interval with z = 1.959964, written out
      expect(live!.low).toBeCloseTo(0.71117, 5)
      expect(live!.high).toBeCloseTo(0.866633, 5)
    })

    it('refuses labels of other predictions and classes', async () => {
      const wrong = write('wrong.csv', [
        ['prediction_id', 'label'],
        [records[0]!.id, 'hat'],
      ])
      expect((await monitor('labels', wrong, '-l', place())).err).toMatch(
        /LOG_INVALID.*'hat' is no class/,
      )
      const bad = write('bad.csv', [
        ['prediction_id', 'label'],
        ['7', 'coat'],
      ])
      expect((await monitor('labels', bad, '-l', place())).err).toMatch(
        /LOG_INVALID.*'7' is no prediction_id/,
      )
      const id = records[0]!.id.replace(/.{4}$/, 'ffff')
      const other = write('other.csv', [
        ['prediction_id', 'label'],
        [id, 'coat'],
      ])
      expect((await monitor('labels', other, '-l', place())).err).toMatch(/PREDICTION_UNKNOWN/)
    })

    it('exports a CSV file that it reads again', async () => {
      expect((await monitor('export', 'all.csv', '-l', place())).out).toBe(
        'Wrote 200 predictions to all.csv\n',
      )
      const lines = readFileSync(join(folder, 'all.csv'), 'utf8').split('\n')
      expect(lines[0]).toMatch(
        /^timestamp,avg_brightness,contrast,predicted_class,confidence,width/,
      )
      expect(lines.length).toBe(202)
      const files = ['-l', 'all.csv', '-r', reference('r.csv'), '--json']
      const again = driftReportSchema.parse(JSON.parse((await monitor('check', ...files)).out))
      const { evidently } = await check()
      expect(again.evidently).toEqual(evidently)
      expect(existsSync(join(folder, 'predictions.csv'))).toBe(false)
    })
  },
)

describe('atelier monitor serve', () => {
  it('answers reports of what is logged until it is stopped', async () => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()]
    const signals = new EventEmitter()
    const argv = ['monitor', 'serve', '--port', '0', '-r', reference('r.csv'), '--json']
    const ended = runCli({
      ...{ argv, cwd: folder, env: {}, stdin: Readable.from([]), stdout, stderr, packageRoot },
      ...{ clock: systemClock, signals, exit: () => {}, commands: commandTable },
      ...{ self: [process.execPath], startMonitor },
      startUi: () => Promise.reject(new Error('not in this test')),
      startService: () => Promise.reject(new Error('not in this test')),
    })
    const [printed] = await once(stdout, 'data')
    const { url } = JSON.parse(String(printed))
    const report: unknown = await (await fetch(`${url}drift?last=50`)).json()
    expect(driftReportSchema.parse(report)).toMatchObject({ verdict: 'ok', window: { rows: 50 } })
    expect(await (await fetch(`${url}drift-report`)).text()).toContain(
      '<p class="verdict">No drift',
    )
    expect(await (await fetch(`${url}ready`)).json()).toEqual({ ready: true })
    expect((await fetch(`${url}drift?from=soon`)).status).toBe(400)
    signals.emit('SIGTERM')
    expect(await ended).toBe(0)
    await expect(fetch(url)).rejects.toThrow()
  })
})
