/** Runs of W&B taken in: what its client leaves on the disk, and what its server gives out. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listRuns, type Run, readMetrics } from '../src/tracking/index.ts'
import { runAtelier } from './support/atelier-process.ts'
import { createProject, type Project, SMALL } from './support/training-project.ts'

let project: Project
beforeAll(async () => {
  project = await createProject()
})
afterAll(() => project.remove())

const runsNow = () => listRuns(join(project.folder, 'runs'))

async function importFrom(source: string) {
  const done = await runAtelier(project.folder, ['runs', 'import', source, '--json'])
  return { ...done, answer: done.code === 0 ? JSON.parse(done.stdout) : undefined }
}

async function importedRun(id: string): Promise<Run> {
  return (await runsNow()).find(({ record }) => record.id === id)!
}

const pointsOf = async ({ files }: Run, metric: string) =>
  (await readMetrics(files.metrics)).flatMap((line) =>
    line.type === 'log' && metric in line.values ? [[line.step, line.values[metric]]] : [],
  )

describe('atelier runs import of W&B', () => {
  it('gives back a run that went there, once', async () => {
    const env = { WANDB_TAGS: 'paper', WANDB_NOTES: 'a note', WANDB_PROJECT: 'shoes' }
    const args = ['train', ...SMALL, 'tracking=wandb', 'tracking.system_seconds=0.2']
    expect((await runAtelier(project.folder, args, { env })).code).toBe(0)
    const [run] = await runsNow()
    const { answer } = await importFrom('wandb')
    expect(answer.imported).toHaveLength(1)
    const back = await importedRun(answer.imported[0])
    expect(back.record).toMatchObject({
      status: 'completed',
      project: 'shoes',
      notes: 'a note',
      seed: 42,
      created: run!.record.created,
      step: run!.record.step,
    })
    expect(back.record.tags[0]).toBe('paper')
    expect(back.record.summary).toMatchObject(run!.record.summary)
    const steps = (await readMetrics(run!.files.metrics)).filter((line) => line.type === 'step')
    expect(await pointsOf(back, 'batch.loss')).toEqual(steps.map(({ step, loss }) => [step, loss]))
    expect((await pointsOf(back, 'system.cpu')).length).toBeGreaterThan(0)
    const printed = await readFile(join(back.folder, 'artifacts/output.log'), 'utf8')
    expect(printed).toContain('Best on validation')
    expect((await importFrom('wandb')).answer).toMatchObject({
      imported: [],
      known: [back.record.tags.at(-1)],
    })
    const ls = ['runs', 'ls', '-f', 'tag = paper', '--json']
    const { stdout } = await runAtelier(project.folder, ls)
    expect(stdout).toContain(back.record.id)
  })

  it('takes in one that was cut off as crashed, and refuses a damaged one whole', async () => {
    const folder = join(project.folder, 'wandb')
    const name = (await readdir(folder))[0]!
    const log = (await readdir(join(folder, name))).find((file) => file.endsWith('.wandb'))!
    const bytes = await readFile(join(folder, name, log))
    const cut = join(project.folder, 'cut.wandb')
    // a run of its own: the tag tells them apart
    for (const { folder: at, record } of await runsNow()) {
      if (record.tags.some((tag) => tag.startsWith('wandb:'))) await rm(at, { recursive: true })
    }
    await writeFile(cut, bytes.subarray(0, Math.floor(bytes.length / 2)))
    const { answer } = await importFrom('cut.wandb')
    expect((await importedRun(answer.imported[0])).record.status).toBe('crashed')
    const before = (await runsNow()).length
    bytes[500]! ^= 255
    await writeFile(cut, bytes)
    const { code, stderr } = await importFrom('cut.wandb')
    expect(code).not.toBe(0)
    expect(stderr).toContain('IMPORT_INVALID')
    expect(await runsNow()).toHaveLength(before)
  })

  it('takes in the files of a run that was downloaded', async () => {
    const folder = join(project.folder, 'run-20250101_120000-x7k2p9qd')
    await mkdir(join(folder, 'media/images'), { recursive: true })
    const files = {
      'config.yaml':
        'wandb_version: 1\n_wandb:\n  value: {}\nlr:\n  value: 0.01\nseed:\n  value: 3\n',
      'wandb-summary.json':
        '{"acc": 0.9, "loss": NaN, "_runtime": 12.5, "_timestamp": 1735732812.5, "_step": 1}',
      'wandb-metadata.json':
        '{"startedAt": "2025-01-01T12:00:00Z", "host": "far", "program": "train.py", "args": ["--lr", "0.01"], "git": {"commit": "c0ffee"}}',
      'wandb-history.jsonl': [
        '{"_step": 0, "_timestamp": 1735732801, "acc": 0.5, "loss": NaN}',
        '{"_step": 1, "_timestamp": 1735732802, "acc": 0.9, "pic": {"_type": "image-file", "size": 3}}',
      ].join('\n'),
      'media/images/pic.png': 'png',
    }
    for (const [path, text] of Object.entries(files)) await writeFile(join(folder, path), text)
    const { answer } = await importFrom(folder)
    const back = await importedRun(answer.imported[0])
    expect(back.record).toMatchObject({
      created: '2025-01-01T12:00:00.000Z',
      seconds: 12.5,
      seed: 3,
      summary: { accuracy: 0.9 },
      command: ['train.py', '--lr', '0.01'],
      tags: ['wandb:x7k2p9qd'],
      git: { commit: 'c0ffee' },
    })
    expect(await pointsOf(back, 'accuracy')).toEqual([
      [0, 0.5],
      [1, 0.9],
    ])
    expect(await readdir(join(back.folder, 'artifacts/media/images'))).toEqual(['pic.png'])
  })

  it('says what it takes where a source is nothing of all that', async () => {
    const { code, stderr } = await importFrom('nowhere')
    expect(code).not.toBe(0)
    expect(stderr).toContain('RUN_ARCHIVE')
  })
})
