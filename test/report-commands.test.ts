/** Written reports and reports for pull requests, through the command line. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunRecord } from '../src/contracts/index.ts'
import { systemClock } from '../src/core/index.ts'
import { writeEvaluationData } from '../src/evaluation/index.ts'
import { updateRun } from '../src/tracking/index.ts'
import { exampleReport } from './support/evaluation-example.ts'
import { FULL } from './support/only-in-full.ts'
import { runCommand } from './support/run-command.ts'
import { newTestRun } from './support/run-example.ts'
import { launchChromium, openPage } from './support/ui-browser.ts'

const fixture = join(import.meta.dirname, 'fixtures/report')
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-reports-'))
})
afterAll(() => rm(folder, { recursive: true }))

const report = (...words: string[]) => runCommand(folder, ['report', ...words])

describe('atelier report check', () => {
  beforeAll(() => cp(fixture, join(folder, 'reports'), { recursive: true }))

  it('names each failure with its place, and ends with 1', async () => {
    const { code, out, err } = await report('check')
    expect(code).toBe(1)
    const path = join('reports', 'README.md')
    const line = readFileSync(join(folder, path), 'utf8')
      .split('\n')
      .indexOf('![gone](figures/gone.png)')
    expect(out).toContain(
      `${path}:${line + 1}  question 15: figures/gone.png: the image is named, but there is no such file.`,
    )
    expect(out).toMatch(/^ +5 {2}too short +9 {2}10 to 20 words +Words$/m)
    expect(out).toMatch(/\n\d+ of 26 answers are as asked for\.\n$/)
    expect(err).toMatch(
      /^error\[REPORT_FINDINGS\]: .*: 15 of 26 answers are not as asked for, 3 things are wrong/,
    )
  })

  it('gives a script the same as JSON', async () => {
    const { code, out, err } = await report('check', 'reports', '--json')
    expect(code).toBe(1)
    const check = JSON.parse(out)
    expect(check).toMatchObject({ file: join('reports', 'README.md'), passed: false })
    expect(check.questions[4]).toMatchObject({
      ...{ number: 5, verdict: 'too_short', words: 9 },
      wanted: { words: [{ min: 10, max: 20, perMember: false }], images: null },
    })
    expect(JSON.parse(err).error).toMatchObject({ code: 'REPORT_FINDINGS', kind: 'finding' })
  })

  it('ends with 0 where all is as asked for', async () => {
    await writeFile(join(folder, 'good.md'), '### Question 1\n\n> **Why?**\n>\n> Answer:\n\nSo.\n')
    expect(await report('check', 'good.md')).toMatchObject({ code: 0, err: '' })
    expect(await report('check', 'good.md', '--questions', '2')).toMatchObject({ code: 1 })
  })

  it('refuses what is no report', async () => {
    expect(await report('check', 'none.md')).toMatchObject({
      code: 3,
      err: expect.stringContaining('error[REPORT_NOT_FOUND]'),
    })
    await writeFile(join(folder, 'other.md'), '# Notes\n')
    await writeFile(join(folder, 'bytes.md'), Buffer.from([0xff, 0xfe, 0x00]))
    for (const name of ['other.md', 'bytes.md']) {
      expect(await report('check', name)).toMatchObject({
        code: 3,
        err: expect.stringContaining('error[REPORT_INVALID]'),
      })
    }
  })
})

describe('atelier report html', () => {
  it('writes a page beside the report, and never over it', async () => {
    const { code, out, err } = await report('html', 'reports')
    expect(code).toBe(0)
    expect(out).toMatch(/^Wrote .*README\.html: \d+\.\d KiB, 2 images in it, 3 not shown\.\n$/)
    expect(err).toContain('figures/gone.png: there is no such file')
    const page = await readFile(join(folder, 'reports/README.html'), 'utf8')
    expect(page).toContain('<title>Report of a small project</title>')
    expect(page).toContain('data:image/png;base64,')
    const refused = await report('html', 'good.md', '-o', 'good.md')
    expect(refused).toMatchObject({ code: 2 })
    expect(await readFile(join(folder, 'good.md'), 'utf8')).toContain('### Question 1')
  })
})

describe.runIf(FULL)('a page of a report in Chromium (ATELIER_TEST=full)', () => {
  it.each(['light', 'dark'] as const)('fits and runs nothing, %s', async (theme) => {
    const browser = await launchChromium()
    try {
      const { page, complaints } = await openPage(browser, theme)
      const evil = '\n\n<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>\n'
      const text = await readFile(join(fixture, 'README.md'), 'utf8')
      await writeFile(join(folder, 'reports/evil.md'), `${text}${evil}`)
      expect(await report('html', 'reports/evil.md')).toMatchObject({ code: 0 })
      await page.goto(`file://${join(folder, 'reports/evil.html')}`)
      for (const width of [1360, 400]) {
        await page.setViewportSize({ width, height: 800 })
        const overflow =
          'document.documentElement.scrollWidth - document.documentElement.clientWidth'
        expect(await page.evaluate(overflow), `${width}`).toBe(0)
      }
      expect(await page.evaluate('window.hacked')).toBeUndefined()
      expect(await page.evaluate('document.querySelectorAll("img").length')).toBeGreaterThan(2)
      await page.getByRole('link', { name: 'Question 12' }).click()
      expect(page.url()).toContain('#part-question-12')
      expect(complaints).toEqual([])
    } finally {
      await browser.close()
    }
  })
})

describe('atelier report pr', () => {
  let project = ''
  const pr = (...words: string[]) => runCommand(project, ['report', 'pr', ...words])
  const git = (...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.example', ...words], {
      cwd: project,
      stdio: 'pipe',
    })
  const metrics = (value: unknown) =>
    writeFile(join(project, 'reports/metrics.json'), JSON.stringify(value))

  /** A run that was trained and evaluated, with so much accuracy more than the example's. */
  async function evaluatedRun(record: Partial<RunRecord>, more: number, digest = 'd'.repeat(64)) {
    const run = await newTestRun(join(project, 'runs'))
    const example = exampleReport(2000)
    const { value, low, high } = example.accuracy
    const evaluated = {
      ...example,
      accuracy: { value: value + more, low: low + more, high: high + more },
      dataset: { ...example.dataset, digest },
    }
    await writeFile(join(run.folder, 'report.json'), JSON.stringify(evaluated))
    await writeEvaluationData(run.folder, evaluated)
    await mkdir(join(run.folder, 'figures'))
    await writeFile(join(run.folder, 'figures/confusion_matrix.png'), '')
    await updateRun(run, systemClock, {
      ...{ status: 'completed', dataset: { name: 'sketch', digest } },
      ...record,
    })
    return run.record.id
  }

  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), 'atelier-pr-'))
    await mkdir(join(project, 'reports'))
    git('init', '-q', '-b', 'main')
  })
  afterAll(() => rm(project, { recursive: true }))

  it('needs a run or a file of metrics', async () => {
    const { code, err } = await pr()
    expect(code).toBe(3)
    expect(err).toMatch(/error\[METRICS_INVALID\][\s\S]*atelier train/)
  })

  it('compares the working tree with a commit, and says what it does not know', async () => {
    await metrics({ accuracy: 0.9, loss: 0.3, nested: { ece: 0.02 }, note: 'x' })
    git('add', '-A')
    git('commit', '-q', '-m', 'first')
    await metrics({ accuracy: 0.92, loss: 0.31, nested: { ece: 0.01 } })
    const { code, out, err } = await pr('--run', 'reports/metrics.json', '--base', 'main')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('**↑ Better:** accuracy 0.9200, ↑ 0.0200 (better) against main.')
    expect(out).toContain('| loss | 0.3000 | 0.3100 | ↑ 0.0100 (worse) |')
    expect(out).toContain('| nested.ece | 0.0200 | 0.0100 | ↓ 0.0100 (better) |')
    expect(out).toMatch(/main: reports\/metrics\.json at main \([0-9a-f]{7}\)/)
    // the branch is what is compared with where nothing is named, too
    expect((await pr('--run', 'reports/metrics.json')).out).toBe(out)
    const elsewhere = await runCommand(project, ['report', 'pr', '-r', 'reports/metrics.json'], {
      GITHUB_BASE_REF: 'none',
    })
    expect(elsewhere.out).toBe(out)
  })

  it('refuses a base that is not there, unless it need not be', async () => {
    const words = ['-r', 'reports/metrics.json', '-b']
    for (const base of ['nothing', '--output=x', '@production', 'HEAD~7', 'none.json']) {
      const { code, err } = await pr('-r', 'reports/metrics.json', `--base=${base}`)
      expect(code, base).toBe(3)
      expect(err, base).toContain('error[BASELINE_NOT_FOUND]')
    }
    const allowed = await pr(...words, 'nothing', '--optional-base')
    expect(allowed).toMatchObject({ code: 0, err: expect.stringContaining('nothing to compare') })
    expect(allowed.out).toContain('**Nothing to compare with.**')
    await writeFile(join(project, 'bad.json'), '{')
    expect(await pr('-r', 'bad.json')).toMatchObject({ code: 3 })
    await writeFile(join(project, 'bad.json'), '{"a": "b"}')
    expect((await pr('-r', 'bad.json')).err).toContain('holds no number')
    expect(existsSync(join(project, 'x'))).toBe(false)
  })

  it('compares the newest run with the tagged one, on the same images with its confidence', async () => {
    const old = await evaluatedRun({ summary: { 'val.accuracy': 0.8 }, tags: ['main'] }, 0)
    const now = await evaluatedRun({ summary: { 'val.accuracy': 0.85 }, seed: 7 }, 0.05)
    const { out } = await pr('--json')
    const found = JSON.parse(out)
    expect(found).toMatchObject({ verdict: 'better', metric: { metric: 'accuracy' }, config: [] })
    expect(found.head).toContain(now)
    expect(found.base).toContain(old)
    expect(found.difference.value).toBeCloseTo(0.05, 9)
    expect(found.difference.low).toBeGreaterThan(0)
    const text: string = found.markdown
    expect(text).toContain('On the same 2,000 test images the accuracy changed by +5.00 points')
    expect(text).toContain('| val.accuracy | 0.8000 | 0.8500 | ↑ 0.0500 (better) |')
    expect(text).toContain(`![confusion matrix](runs/${now}/figures/confusion_matrix.png)`)
    expect(text).not.toContain('accuracy\\_low')
    expect((await pr('--inline')).out).not.toContain('![')
  })

  it('writes to a file, from which links to figures lead on', async () => {
    const { out } = await pr('-b', 'main', '-o', 'out/deep/report.md')
    expect(out).toBe(`Wrote ${join('out', 'deep', 'report.md')}.\n`)
    const text = await readFile(join(project, 'out/deep/report.md'), 'utf8')
    const [, link] = /\]\((.*confusion_matrix\.png)\)/.exec(text)!
    expect(existsSync(join(project, 'out/deep', link!))).toBe(true)
  })

  it('gives no confidence where the images are others', async () => {
    await evaluatedRun({ tags: ['other'] }, 0.01, 'e'.repeat(64))
    expect(await runCommand(project, ['runs', 'reindex'])).toMatchObject({ code: 0 })
    const { out } = await pr('-b', 'other', '-r', 'latest', '--json')
    // the newest is the tagged one itself: there is no other of that tag
    expect(out).toBe('')
    const runs = JSON.parse((await runCommand(project, ['runs', 'ls', '--json'])).out)
    const first = (runs.runs ?? runs).find(({ tags }: RunRecord) => tags.includes('main')).id
    const compared = JSON.parse((await pr('-b', 'other', '-r', first, '--json')).out)
    expect(compared).toMatchObject({ verdict: 'worse' })
    expect(compared.difference).toBeUndefined()
    expect(compared.config).toMatchObject([{ key: 'data set digest' }])
  })
})
