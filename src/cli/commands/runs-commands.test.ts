import { EventEmitter } from 'node:events'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newTestRun, stepLine } from '../../../test/support/run-example.ts'
import type { MetricsLine, RunRecord } from '../../contracts/index.ts'
import { systemClock } from '../../core/index.ts'
import { type Run, updateRun } from '../../tracking/index.ts'
import { commandTable } from '../command-table.ts'
import { runCli } from '../run-cli.ts'

let cwd = ''
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'atelier-runs-cli-'))
})
afterEach(() => rm(cwd, { recursive: true }))

async function atelier(argv: readonly string[], columns?: number) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const terminal = columns === undefined ? {} : { isTTY: true, columns }
  const code = await runCli({
    argv,
    cwd,
    env: {},
    stdin: Readable.from([]),
    stdout: Object.assign(stdout, terminal),
    stderr,
    clock: systemClock,
    signals: new EventEmitter(),
    exit: () => {},
    packageRoot: resolve(import.meta.dirname, '../../..'),
    startUi: () => Promise.reject(new Error('not in this test')),
    startService: () => Promise.reject(new Error('not in this test')),
    startMonitor: () => Promise.reject(new Error('not in this test')),
    self: [process.execPath],
    commands: commandTable,
  })
  const text = (stream: PassThrough) => stream.read()?.toString() ?? ''
  return { code, out: text(stdout), err: text(stderr) }
}

const runs = (...argv: string[]) => atelier(['runs', ...argv])

async function runsJson(...argv: string[]) {
  const { out, err } = await runs(...argv, '--json')
  return JSON.parse(out === '' ? err : out)
}

const epochLine = (epoch: number, accuracy: number): MetricsLine => ({
  type: 'epoch',
  time: 1000 * epoch,
  epoch,
  step: 10 * epoch,
  train_loss: 2 / epoch,
  train_accuracy: accuracy - 0.1,
  val_loss: 1 / epoch,
  val_accuracy: accuracy,
  best: true,
  seconds: 1,
  images_per_second: 5000,
})

interface Example {
  readonly accuracy: number
  readonly seed?: number
  /** Which words the id gets: 0 is amber-badger, 1 bold-bear. */
  readonly word?: number
  readonly minute?: number
  readonly change?: Partial<RunRecord>
}

/** A run of two epochs, as training leaves it. */
async function finishedRun({
  accuracy,
  seed = 1,
  word = 0,
  minute = 0,
  change,
}: Example): Promise<Run> {
  const now = Date.UTC(2026, 10, 23, 5, minute)
  const clock = { ...systemClock, now: () => now }
  const made = await newTestRun(join(cwd, 'runs'), { clock, pick: () => word })
  const config = (await readFile(made.files.config, 'utf8')).replace('seed: 42', `seed: ${seed}`)
  await writeFile(made.files.config, config)
  const lines = [...[1, 2, 3].map(stepLine), epochLine(1, accuracy - 0.2), epochLine(2, accuracy)]
  await writeFile(made.files.metrics, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  return updateRun(made, clock, {
    status: 'completed',
    seconds: 245,
    seed,
    step: 20,
    best: { epoch: 2, val_loss: 0.5, val_accuracy: accuracy },
    summary: { 'val.accuracy': accuracy, 'val.loss': 0.5 },
    ...change,
  })
}

const BADGER = '20261123-0500-cnn-amber-badger'
const BEAR = '20261123-0501-cnn-bold-bear'

async function badgerAndBear() {
  await finishedRun({ accuracy: 0.91, change: { tags: ['keep'] } })
  await finishedRun({ accuracy: 0.93, seed: 7, word: 1, minute: 1 })
}

describe('runs ls', () => {
  it('says what to do where there are no runs', async () => {
    expect(await runs('ls')).toMatchObject({
      code: 0,
      out: expect.stringContaining('atelier train'),
    })
    // nothing is known of any key yet, so none can be wrong
    const asked = ['-f', 'val.accuracy > 0.5', '-s', 'val.loss', '-c', 'id,val.loss']
    expect((await runs('ls', ...asked)).code).toBe(0)
    expect(await runsJson('ls')).toEqual({ total: 0, runs: [] })
  })

  it('fills an empty database from the folders, and says so once', async () => {
    await badgerAndBear()
    const first = await runs('ls')
    expect(first.err).toContain('put 2 runs from')
    expect(first.out.split('\n')[2]).toMatch(
      new RegExp(`^${BEAR} +completed +cnn +0.9300 .*4 min 05 s`),
    )
    expect(first.out).toMatch(/\n2 runs\n$/)
    expect((await runs('ls')).err).toBe('')
  })

  it('filters, sorts and pages, and gives the total', async () => {
    await badgerAndBear()
    const ids = async (...argv: string[]) =>
      (await runsJson('ls', ...argv)).runs.map(({ id }: { id: string }) => id)
    expect(await ids('-f', 'val.acc > 0.92 and model.type = "cnn"')).toEqual([BEAR])
    expect(await ids('-f', 'tag = keep')).toEqual([BADGER])
    expect(await ids('-s', 'val.accuracy:asc')).toEqual([BADGER, BEAR])
    expect(await ids('-s', 'val.accuracy')).toEqual([BEAR, BADGER])
    expect(await ids('-s', 'age')).toEqual([BADGER, BEAR])
    expect(await ids('--project', 'other')).toEqual([])
    const page = await runs('ls', '-n', '1')
    expect(page.out).toContain('1 to 1 of 2 runs; the next with --offset 1')
    expect((await runs('ls', '-n', '1', '--offset', '1')).out).toContain(BADGER)
  })

  it('prints chosen columns as text, CSV and JSON', async () => {
    await badgerAndBear()
    const columns = ['-c', 'id,val.accuracy,optimizer.beta1,tags,time']
    const { out } = await runs('ls', ...columns, '--csv', '-s', 'created:asc')
    expect(out).toBe(
      `id,val.accuracy,optimizer.beta1,tags,time\n${BADGER},0.91,0.9,keep,245\n${BEAR},0.93,0.9,,245\n`,
    )
    expect((await runsJson('ls', '-n', '1', '-c', 'seed,sweep.id')).runs).toEqual([
      { seed: 7, 'sweep.id': null },
    ])
  })

  it.each([
    [['-f', 'val.acuracy > 0.5'], "'val.accuracy'"],
    [['-s', 'learning_rate'], "'hyperparameters.learning_rate'"],
    [['-c', 'id,val.los'], "'val.loss'"],
  ])('refuses an unknown key in %j and names the nearest', async (argv, nearest) => {
    await badgerAndBear()
    const { code, err } = await runs('ls', ...argv)
    expect(code).toBe(2)
    expect(err).toContain(`Did you mean ${nearest}?`)
  })

  it('marks the place where a filter is wrong', async () => {
    await badgerAndBear()
    const { code, err } = await runs('ls', '-f', 'seed = = 4')
    expect(code).toBe(2)
    expect(err).toMatch(/error\[FILTER_INVALID\][\s\S]*\n {2}seed = = 4\n {9}\^/)
  })

  it('drops columns, not letters, in a narrow terminal', async () => {
    await badgerAndBear()
    const narrow = await atelier(['runs', 'ls'], 60)
    for (const line of narrow.out.split('\n')) expect([...line].length).toBeLessThanOrEqual(60)
    expect(narrow.out).toContain('val.accuracy')
    expect(narrow.out).not.toContain('best.epoch')
    expect((await atelier(['runs', 'ls'], 160)).out).toContain('best.epoch')
  })
})

describe('runs of other programs', () => {
  it('lists, shows and compares them beside trainings', async () => {
    await badgerAndBear()
    const files = { ...(await newTestRun(join(cwd, 'runs'), { name: 'own', project: 'digits' })) }
    await writeFile(files.files.config, 'lr: 0.1\n')
    await updateRun(files, systemClock, {
      ...{ status: 'completed', architecture: null, parameters: null, seed: null, epochs: null },
      ...{ dataset: null, summary: { depth: 3 } },
    })
    await runs('reindex')
    expect((await runs('ls')).out).toMatch(/-own-[a-z-]+ +completed {2,}0? +/)
    expect((await runs('ls')).out).not.toContain('null')
    expect((await runs('show', 'latest')).out).toMatch(/\n\ndepth +3\n/)
    const compared = await runs('compare', 'latest', BEAR)
    expect(compared.out).toMatch(/\nlr +0.1 +–\n/)
    expect(compared.out).toMatch(/\ndata.digest +– +dddddddddddd\n/)
  })
})

describe('runs show', () => {
  it('tells everything of a run, by the end of its id', async () => {
    await badgerAndBear()
    const { code, out } = await runs('show', 'bold-bear')
    expect(code).toBe(0)
    expect(out).toMatch(/best +epoch 2: val.accuracy 0.9300, val.loss 0.5000/)
    expect(out).toMatch(/data +sketch, digest dddddddddddd/)
    expect(out).toMatch(/\n +2 +1.0000 +0.8300 +0.5000 +0.9300\* +5000\n\* kept/)
    expect(out).toMatch(/command +atelier train data=sketch\n/)
    const json = await runsJson('show', 'bold-bear')
    expect(json).toMatchObject({
      id: BEAR,
      seed: 7,
      epochs: [{ epoch: 1 }, { epoch: 2, best: true }],
    })
    expect(json.metrics).toContainEqual({
      metric: 'batch.loss',
      count: 3,
      first: 1,
      last: 1 / 3,
      min: 1 / 3,
      max: 1,
    })
  })

  it('shows configuration, metrics, and what set each value', async () => {
    const run = await finishedRun({ accuracy: 0.9 })
    expect((await runs('show', 'latest', '--config')).out).toMatch(/^seed: 1\n[\s\S]*type: cnn/)
    expect((await runs('show', 'latest', '--metrics')).out).toMatch(
      /batch.loss +3 +1 +0.3333 +0.3333 +1 +█▃▁\n/,
    )
    await rm(run.files.provenance, { force: true })
    await runs('reindex')
    const without = await runs('show', 'latest', '--provenance')
    expect(without).toMatchObject({
      code: 3,
      err: expect.stringContaining('has no provenance.json'),
    })
    await writeFile(run.files.provenance, '[{"key":"seed","origin":"override \'seed=1\'"}]')
    expect((await runs('show', run.folder, '--provenance')).out).toMatch(
      /seed +1 +override 'seed=1'/,
    )
  })

  it('names the runs that an abbreviation fits, and the nearest of a mistyped one', async () => {
    await badgerAndBear()
    const ambiguous = await runs('show', '20261123')
    expect(ambiguous.code).toBe(3)
    expect(ambiguous.err).toMatch(new RegExp(`fits 2 runs[\\s\\S]*${BEAR}\\n +${BADGER}`))
    expect((await runs('show', 'bold-beer')).err).toContain(`Did you mean ${BEAR}?`)
    expect((await runs('show', 'latest')).out).toContain(BEAR)
  })

  it('finds a run that the database missed, and reindex puts it in', async () => {
    await finishedRun({ accuracy: 0.9 })
    await runs('ls')
    await finishedRun({ accuracy: 0.8, word: 1, minute: 1 })
    expect((await runsJson('ls')).total).toBe(1)
    expect((await runs('show', BEAR)).out).toContain('val.accuracy 0.8000')
    expect((await runs('reindex')).out).toMatch(/^2 runs of .*\nmetrics written anew: 1\n$/)
    expect((await runsJson('ls')).total).toBe(2)
  })

  it('reads a run from any folder, without putting it into the database', async () => {
    const { folder } = await finishedRun({ accuracy: 0.9 })
    await runs('ls')
    const elsewhere = join(cwd, 'backup')
    await cp(folder, elsewhere, { recursive: true })
    await rm(folder, { recursive: true })
    await runs('reindex')
    expect((await runs('show', './backup')).out).toMatch(/\n +2 +1.0000 +0.8000/)
    expect((await runsJson('ls')).total).toBe(0)
  })
})

describe('runs compare', () => {
  it('shows what differs, then the metrics with the best marked, then curves', async () => {
    await badgerAndBear()
    const { code, out } = await runs('compare', 'amber-badger', 'bold-bear')
    expect(code).toBe(0)
    expect(out).toMatch(/\nsetting +A +B\n[─ ]+\nseed +1 +7\n\n/)
    expect(out).toMatch(/\nval.accuracy +0.9100 +0.9300\*\n/)
    expect(out).toMatch(/val.accuracy by step\n0.93 │.* B\n/)
    expect(out.indexOf('seed')).toBeLessThan(out.indexOf('val.accuracy '))
    expect((await runs('compare', BADGER, BEAR, '--all')).out).toMatch(/\nmodel.type +cnn +cnn\n/)
  })

  it('gives the same as JSON and CSV', async () => {
    await badgerAndBear()
    const json = await runsJson('compare', BADGER, BEAR)
    expect(json.config.filter(({ differs }: { differs: boolean }) => differs)).toEqual([
      { key: 'seed', values: [1, 7], differs: true },
    ])
    expect(json.metrics[0]).toEqual({ metric: 'val.accuracy', values: [0.91, 0.93], best: [1] })
    expect((await runs('compare', BADGER, BEAR, '--csv')).out).toBe(
      `kind,name,${BADGER},${BEAR}\nsetting,seed,1,7\nmetric,val.accuracy,0.91,0.93\nmetric,val.loss,0.5,0.5\n`,
    )
  })

  it('writes figures and a page', async () => {
    await badgerAndBear()
    const { err } = await runs(
      'compare',
      BADGER,
      BEAR,
      '--report',
      'out',
      '-m',
      'val.acc,batch.loss',
    )
    expect(err).toContain('out/report.html')
    expect(await readdir(join(cwd, 'out/figures'))).toEqual(['batch_loss.png', 'val_accuracy.png'])
    const png = await readFile(join(cwd, 'out/figures/val_accuracy.png'))
    expect(png.subarray(1, 4).toString()).toBe('PNG')
    const html = await readFile(join(cwd, 'out/report.html'), 'utf8')
    expect(html).toContain(`<td class="name">${BEAR}</td>`)
    expect(html).toContain('<b>0.9300</b>')
    expect(html).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/)
  })

  it('refuses one run, and a metric that was never logged', async () => {
    await badgerAndBear()
    expect((await runs('compare', 'latest', 'bold-bear')).err).toContain('Two different runs')
    const { code, err } = await runs('compare', BADGER, BEAR, '-m', 'batch.los')
    expect(code).toBe(2)
    expect(err).toContain("'batch.loss'")
  })
})

describe('runs tag and note', () => {
  it('adds and removes tags, in the folder and in the database', async () => {
    await badgerAndBear()
    expect((await runs('tag', 'amber-badger', 'a,b', 'keep', '--remove', 'keep')).out).toBe(
      `${BADGER}: a, b\n`,
    )
    const record = JSON.parse(await readFile(join(cwd, 'runs', BADGER, 'run.json'), 'utf8'))
    expect(record.tags).toEqual(['a', 'b'])
    expect((await runsJson('ls', '-f', 'tag = b')).runs).toHaveLength(1)
    expect((await runs('tag', BEAR)).out).toBe(`${BEAR}: no tags\n`)
    expect(await runs('tag', BADGER, '-r', 'c')).toMatchObject({
      code: 2,
      err: expect.stringContaining('a, b'),
    })
  })

  it('writes, extends, prints and clears a note', async () => {
    await badgerAndBear()
    await runs('note', BADGER, 'slower,', 'not better')
    await runs('note', BADGER, '--append', 'again with seed 7')
    expect((await runs('note', BADGER)).out).toBe('slower, not better\nagain with seed 7\n')
    expect((await runs('show', BADGER)).out).toMatch(
      /notes +slower, not better\n {12}again with seed 7\n/,
    )
    expect((await runs('note', BADGER, '--clear')).out).toBe(`${BADGER}: no note\n`)
    expect((await runs('note', BADGER, '--clear', 'text')).code).toBe(2)
  })
})

describe('runs rm, restore and gc', () => {
  it('puts a run into the trash and says how to bring it back', async () => {
    await badgerAndBear()
    const { out } = await runs('rm', 'bold-bear')
    expect(out).toContain(`atelier runs restore ${BEAR}`)
    expect((await runsJson('ls')).runs.map(({ id }: { id: string }) => id)).toEqual([BADGER])
    expect((await runs('ls', '--trashed')).out).toContain(BEAR)
    expect((await runs('rm', BEAR)).err).toContain(`atelier runs restore ${BEAR}`)
    expect((await runs('show', BEAR)).out).toMatch(/trash +since \d{4}-/)
    expect((await runs('restore', 'bold-bear')).out).toBe(`Restored: ${BEAR}\n`)
    expect((await runsJson('ls')).total).toBe(2)
    expect((await runs('restore', BEAR)).err).toContain('is not in the trash')
  })

  it('takes all that fit a filter, and refuses to take all of all', async () => {
    await badgerAndBear()
    expect((await runs('rm')).code).toBe(2)
    expect((await runs('rm', BEAR, '-f', 'tag = keep')).code).toBe(2)
    expect((await runsJson('rm', '-f', 'not tag = keep')).trashed).toEqual([BEAR])
  })

  it('deletes old trash for good, but nothing in a dry run', async () => {
    await badgerAndBear()
    await runs('rm', BEAR)
    expect((await runs('gc')).out).toBe('There is nothing to delete.\n')
    const dry = await runs('gc', '--older-than', '0', '--dry-run')
    expect(dry.out).toMatch(
      new RegExp(`trash +.trash/${BEAR} +[\\d.]+ KiB\\n1 in all.*nothing was`),
    )
    expect((await runsJson('ls', '--trashed')).total).toBe(1)
    expect((await runs('gc', '--older-than', '0')).out).toContain(': deleted.')
    expect((await runsJson('ls', '--trashed')).total).toBe(0)
    expect(await readdir(join(cwd, 'runs/.trash'))).toEqual([])
  })
})

describe('runs export and import', () => {
  it('carries runs to another project', async () => {
    await badgerAndBear()
    const { out } = await runs('export', '-f', 'tag = keep', '-o', 'keep.tar')
    expect(out).toMatch(/^Wrote 1 run, \d+ files, [\d.]+ KiB, to keep.tar\n/)
    const here = cwd
    cwd = await mkdtemp(join(tmpdir(), 'atelier-runs-cli-'))
    try {
      const path = join(here, 'keep.tar')
      expect((await runs('import', path)).out).toBe(`Imported:\n  ${BADGER}\n`)
      expect(await runsJson('show', BADGER)).toMatchObject({ tags: ['keep'], epochs: [{}, {}] })
      expect(await runs('import', path)).toMatchObject({
        code: 4,
        err: expect.stringContaining('RUN_EXISTS'),
      })
    } finally {
      await rm(cwd, { recursive: true })
      cwd = here
    }
  })

  it('writes nothing when no run fits', async () => {
    await badgerAndBear()
    expect((await runs('export', '-f', 'seed = 99')).code).toBe(3)
    expect(await readdir(cwd)).not.toContain('runs.tar')
  })
})
