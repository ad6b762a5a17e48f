/** The `models` commands on models that were trained, from registration to a rollback. */
import { chmodSync, existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, relative } from 'node:path'
import { text } from 'node:stream/consumers'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gateVerdictSchema, modelVersionSchema } from '../src/contracts/index.ts'
import { sha256 } from '../src/core/index.ts'
import { openSqliteFile } from '../src/storage/sqlite-library.ts'
import { runCommand } from './support/run-command.ts'
import { createProject, type Project, SMALL } from './support/training-project.ts'

/** The models are tiny and have seen next to nothing. */
const LAX = ['min_accuracy=0', 'min_class_recall=0', 'max_ece=1', 'max_accuracy_drop=1']
  .concat(['max_class_recall_drop=1', 'max_latency_ratio=100'])
  .map((rule) => `gate.${rule}`)

let project: Project
const runs: string[] = []
beforeAll(async () => {
  project = await createProject()
  for (const seed of [1, 2, 3]) {
    const trained = await atelier('train', ...SMALL, `seed=${seed}`, '--json')
    expect(trained).toMatchObject({ code: 0 })
    runs.push(JSON.parse(trained.out).run.id)
  }
}, 60_000)
afterAll(() => project.remove())

async function atelier(...argv: string[]) {
  return atelierIn({}, ...argv)
}

async function atelierIn(env: NodeJS.ProcessEnv, ...argv: string[]) {
  return runCommand(project.folder, argv, env)
}

const models = (...argv: string[]) => atelier('models', ...argv)
async function modelsJson(...argv: string[]) {
  const { out, err } = await models(...argv, '--json')
  return JSON.parse(out === '' ? err : out)
}

describe('atelier models', () => {
  it('says what to do where there are none', async () => {
    expect((await models('ls')).out).toContain('atelier models register')
    const shown = await models('show')
    expect(shown).toMatchObject({ code: 3 })
    expect(shown.err).toMatch(/No model is registered as 'classifier'[\s\S]*models register/)
    expect((await models('history')).out).toBe('Nothing happened yet.\n')
  })

  it('registers the newest run, another run, and a file, with where they come from', async () => {
    const made = await modelsJson('register', '--actor', 'Ada', '-t', 'first,small', '-d', 'Tiny.')
    expect(made).toMatchObject({ name: 'classifier', version: 1, is_new: true, actor: 'Ada' })
    const { is_new: _, aliases: __, ...rest } = made
    const version = modelVersionSchema.parse(rest)
    expect(version).toMatchObject({ tags: ['first', 'small'], description: 'Tiny.' })
    expect(version.lineage.run).toMatchObject({
      id: runs[2],
      command: expect.arrayContaining(['seed=3']),
    })
    expect(version.lineage.config).toMatchObject({ seed: 3 })
    const bytes = await readFile(join(project.folder, 'runs', runs[2]!, 'model.onnx'))
    expect([version.sha256, version.bytes]).toEqual([sha256(bytes), bytes.length])

    const second = await models('register', runs[0]!, '--alias', 'staging,shadow')
    expect(second.out).toMatch(
      /^Registered classifier version 2\.\n[\s\S]*aliases +shadow, staging\n/,
    )
    expect(second.out).toContain('atelier models promote classifier/2')
    const file = join('runs', runs[1]!, 'model.onnx')
    expect((await models('register', file, '--name', 'other')).out).toContain(
      'Registered other version 1',
    )
    const again = await models('register', '-t', 'again')
    expect(again.out).toMatch(
      /^These bytes are classifier version 1 already\.[\s\S]*again, first, small/,
    )
  })

  it('refuses names, aliases and files that it does not take', async () => {
    const cases = [
      [['register', '--name', '../x'], 2, 'REGISTRY_NAME_INVALID'],
      [['register', '--alias', 'latest'], 2, 'REGISTRY_NAME_INVALID'],
      [['register', '--alias', 'production'], 4, 'ALIAS_PROTECTED'],
      [['register', relative(project.folder, '/etc/passwd')], 3, 'MODEL_INVALID'],
      [['register', 'nowhere.onnx'], 3, 'MODEL_NOT_FOUND'],
      [['alias', '1', 'production'], 4, 'ALIAS_PROTECTED'],
      [['alias', '1', 'staging', '--expect', '7'], 4, 'ALIAS_CONFLICT'],
      [['alias', 'models:/classifier/1/../2', 'x'], 2, 'REGISTRY_NAME_INVALID'],
      [['show', '9'], 3, 'MODEL_NOT_FOUND'],
      [['show', '@nobody'], 3, 'MODEL_NOT_FOUND'],
      [['at', '2026-02-30'], 2, 'USAGE'],
      [['verify', '--anchor', 'x'], 2, 'USAGE'],
      [['promote', '1', '--force'], 2, 'USAGE'],
      [['rollback'], 4, 'ALIAS_NO_PREVIOUS'],
    ] as const
    for (const [argv, code, name] of cases) {
      const { err, ...rest } = await models(...argv)
      expect([argv, rest.code, /error\[(\w+)\]/.exec(err)?.[1]]).toEqual([argv, code, name])
    }
    await writeFile(join(project.folder, 'text.onnx'), 'no model')
    expect(await models('register', 'text.onnx')).toMatchObject({ code: 3 })
    expect(
      (await modelsJson('ls')).map(({ versions }: { versions: unknown[] }) => versions.length),
    ).toEqual([2, 1])
  })

  it('promotes a first model by the floors alone', async () => {
    const { code, out } = await models('promote', '1', ...LAX)
    expect(out).toMatch(
      /^classifier version 1 as the first production, on 50 validation images of sketch\n/,
    )
    expect(out).toMatch(/\naccuracy +0\.\d{4} +at least 0 +passed\n/)
    expect(out).toContain('classifier@production points to version 1 now (revision 1).')
    expect(code).toBe(0)
  })

  it('judges the next on the same images, and refuses on record', async () => {
    const first = await models(
      'promote',
      runs[0]!,
      ...LAX,
      'gate.max_size_ratio=0.5',
      '--reason',
      'try',
    )
    expect(first.code).toBe(1)
    expect(first.out).toMatch(/^classifier version 2 against version 1 \(production\)/)
    expect(first.out).toMatch(
      /\nfile size +\d+\.\d KiB +\d+\.\d KiB +× 1\.00 +at most × 0\.5 +REFUSED\n/,
    )
    expect(first.err).toMatch(
      /error\[GATE_REFUSED\]: classifier version 2 may not become production: size\.\n.*--force/,
    )
    const [entry] = await modelsJson('history', '-n', '1')
    expect(entry).toMatchObject({ action: 'refused', version: 2, previous: 1, reason: 'try' })

    const dry = await models('promote', '2', ...LAX, '--dry-run')
    expect([dry.code, dry.out]).toEqual([0, expect.stringContaining('Nothing was moved.')])
    const { verdict, alias } = await modelsJson('promote', '2', ...LAX)
    expect(alias).toMatchObject({ alias: 'production', version: 2, previous: 1, revision: 2 })
    expect(gateVerdictSchema.parse(verdict)).toMatchObject({
      passed: true,
      dataset: { name: 'sketch', split: 'val', size: 50 },
      current: { version: 1, latency_ms: expect.any(Number) },
    })
    // what the gate measures is what training saw on the same images
    const { lineage } = await modelsJson('show', '2')
    expect(verdict.candidate.accuracy).toBeCloseTo(lineage.manifest.metrics.val_accuracy, 12)
    const { mcnemar, difference, candidate, current } = verdict
    const gained = (mcnemar.candidate_only - mcnemar.current_only) / 50
    expect(difference.value).toBeCloseTo(gained, 12)
    expect(difference.value).toBeCloseTo(candidate.accuracy - current.accuracy, 12)
  })

  it('never looks at the test split', () => {
    expect(existsSync(join(project.folder, 'data/processed/sketch/test-looks.jsonl'))).toBe(false)
  })

  it('passes by the gate with a reason, and says so', async () => {
    const forced = await models(
      'promote',
      '1',
      '-f',
      '--reason',
      'the other leaks',
      'gate.max_ece=0',
    )
    expect(forced).toMatchObject({
      code: 0,
      out: expect.stringContaining('The gate was overruled.'),
    })
    const { out } = await models('history', 'classifier', '--alias', 'production')
    expect(out).toMatch(/production: 2 → 1, promoted .* the other leaks\n/)
  })

  it('moves only from the revision that is expected', async () => {
    const late = await models('promote', '2', ...LAX, '--expect', '2')
    expect(late).toMatchObject({ code: 4, err: expect.stringContaining('ALIAS_CONFLICT') })
    expect((await models('promote', '1', ...LAX)).out).toContain('points to version 1 already.')
  })

  it('goes back in one step, and knows what was when', async () => {
    const { out } = await models('rollback', '--reason', 'slow', '--actor', 'Bea')
    expect(out).toBe(
      'classifier@production points to version 2 again (revision 4). One more step back would be version 1.\n',
    )
    const { aliases } = await modelsJson('at', '2099-01-01T00:00+01:00')
    expect(aliases).toContainEqual(
      expect.objectContaining({ alias: 'production', version: 2, actor: 'Bea' }),
    )
    const [promoted] = (await modelsJson('history', '--alias', 'production')).slice(-1)
    expect((await modelsJson('at', promoted.time)).aliases).toContainEqual(
      expect.objectContaining({ alias: 'production', version: 1 }),
    )
    expect((await models('at', '2020-01-01')).out).toContain('no alias pointed to anything')
  })

  it('lets predict, evaluate and MODEL_URI name registered models', async () => {
    const image = join(project.folder, 'white.png')
    await sharp({ create: { width: 28, height: 28, channels: 3, background: 'white' } }).toFile(
      image,
    )
    const by = async (env: NodeJS.ProcessEnv, ...argv: string[]) =>
      (await atelierIn(env, 'predict', 'white.png', '--json', ...argv)).out
    const byFile = await by({}, '-m', `runs/${runs[0]}/model.onnx`)
    expect(JSON.parse(byFile)).toHaveLength(1)
    expect(await by({}, '-m', 'models:/classifier@production')).toBe(byFile)
    expect(await by({ MODEL_URI: 'models:/classifier/2' })).toBe(byFile)
    expect(await by({ MODEL_URI: 'models:/classifier/1' })).not.toBe(byFile)
    const { out } = await atelier(
      'evaluate',
      'models:/classifier@production',
      '--split',
      'val',
      '--json',
    )
    const { report } = JSON.parse(out)
    expect(report.model).toMatchObject({ source: 'models:/classifier/2', run_id: runs[0] })
    const missing = await atelier('predict', 'white.png', '-m', 'models:/classifier@nobody')
    expect(missing).toMatchObject({ code: 3, err: expect.stringContaining('MODEL_NOT_FOUND') })
  })

  it('shows differences, a card, and writes what is needed elsewhere', async () => {
    const { differences } = await modelsJson('diff', '1', '2')
    expect(differences).toContainEqual({ key: 'seed', a: 3, b: 1 })
    expect(differences.map(({ key }: { key: string }) => key)).not.toContain('data.digest')
    expect((await models('diff', '1', '1')).out).toContain('are alike')
    const card = await models('show', '1', '--card')
    expect(card.out).toMatch(/^# classifier version 1\n/)
    // the report that evaluate wrote above is part of what is registered from now on
    await models('register', runs[0]!, '--name', 'judged')
    expect((await models('show', 'judged', '--card')).out).toContain(
      '## Result on the validation split',
    )
    const { files } = await modelsJson('export', '@production', '-o', 'release')
    expect(files.map((path: string) => path.split('/').at(-1))).toEqual([
      ...['model.onnx', 'model.json', 'model-card.md', 'model-card.html'],
    ])
    const [bytes, record] = await Promise.all(
      files.slice(0, 2).map((path: string) => readFile(path)),
    )
    expect(sha256(bytes!)).toBe(modelVersionSchema.parse(JSON.parse(String(record))).sha256)
  })

  it('tags and describes', async () => {
    expect(
      (await models('tag', '1', 'reviewed', '-r', 'small,again', '-d', 'Good enough.')).out,
    ).toBe('classifier version 1: first, reviewed\nGood enough.\n')
    expect((await models('show', '1')).out).toMatch(
      /tags +first, reviewed\ndescription +Good enough\./,
    )
  })

  it('verifies, and says what was done behind its back', async () => {
    const good = await models('verify')
    expect(good.code).toBe(0)
    const [, anchor] = /compare with it later: (\d+:[0-9a-f]{64})/.exec(good.out)!
    expect((await models('verify', '--anchor', anchor!)).code).toBe(0)
    const { sha256: digest } = await modelsJson('show', '1')
    const path = join(project.folder, 'models/registry/sha256', digest.slice(0, 2), digest)
    const bytes = await readFile(path)
    chmodSync(path, 0o644)
    await writeFile(path, 'another model')
    const database = await openSqliteFile(join(project.folder, '.atelier/atelier.db'))
    database.prepare("update registry_history set actor = 'nobody' where sequence = 2").run()
    database.close()
    const bad = await models('verify')
    expect(bad.code).toBe(1)
    expect(bad.out).toMatch(/entry 2 +was changed/)
    expect(bad.out).toMatch(/classifier\/1 .*holds other bytes/)
    const predicted = await atelier('predict', 'white.png', '-m', 'models:/classifier/1')
    expect(predicted).toMatchObject({ code: 3, err: expect.stringContaining('MODEL_DAMAGED') })
    await writeFile(path, bytes)
    expect((await models('verify')).err).toContain('entry 2 was changed')
  })

  it('will not compare models of other classes, but lets them in by force', async () => {
    for (const name of ['cats', 'dogs']) {
      await mkdir(join(project.folder, 'photos', name), { recursive: true })
      for (let i = 0; i < 20; i++) {
        const background = { r: i * 10, g: name === 'cats' ? 200 : 0, b: 0 }
        const image = sharp({ create: { width: 28, height: 28, channels: 3, background } })
        await image.png().toFile(join(project.folder, 'photos', name, `${i}.png`))
      }
    }
    const data = ['data=folder', 'data.path=photos', 'data.validation=8', 'data.test=8']
    const grey = 'data.geometry={height: 28, width: 28, channels: 1}'
    const small = ['hyperparameters.batch_size=8', 'hyperparameters.epochs=1', 'model.type=mlp']
    const trained = await atelier('train', ...data, grey, ...small, 'trainer.threads=1', '--json')
    expect(trained).toMatchObject({ code: 0 })
    const refused = await models('promote', JSON.parse(trained.out).run.id, ...LAX)
    expect(refused.code).toBe(1)
    expect(refused.out).toMatch(/current model +takes or gives something else +comparable +REFUSED/)
    expect(refused.out).toContain('knows 10 classes')
    const forced = await models('promote', '-f', '--reason', 'new classes', ...LAX)
    expect(forced).toMatchObject({ code: 0, out: expect.stringContaining('now (revision 5') })
  })

  it('tells webhooks, and sends again what did not arrive', async () => {
    const received: string[] = []
    const server = createServer(async (request, response) => {
      received.push(JSON.parse(await text(request)).event)
      response.end()
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as AddressInfo
    await mkdir(join(project.folder, 'conf/registry'), { recursive: true })
    // the files may lie in a bucket: here one that is a folder
    const settings = `name: hooked\nstore: file://${project.folder}/bucket\nprotected_aliases: []\ngithub: null
webhooks:
  - url: http://127.0.0.1:${port}/?key=hidden
    events: [model.registered, model.promoted]
    secret_env: HOOK_SECRET
    allow_private: true\n`
    await writeFile(join(project.folder, 'conf/registry/default.yaml'), settings)
    const made = await models('register')
    expect(made.code).toBe(0)
    expect(made.err).toMatch(
      /model.registered for http:\/\/127.0.0.1:\d+\/ is not delivered yet: the environment variable HOOK_SECRET is not set/,
    )
    const waiting = await models('deliver', '-n')
    expect(waiting.out).toMatch(/model.registered +http.* +pending +0 +the environment/)
    expect(waiting.out).not.toContain('hidden')
    expect(await models('deliver')).toMatchObject({
      code: 1,
      err: expect.stringContaining('DELIVERY_FAILED'),
    })
    const env = { HOOK_SECRET: 'secret' }
    expect((await atelierIn(env, 'models', 'deliver')).out).toBe('1 delivered, 0 not.\n')
    expect(
      await atelierIn(
        env,
        'models',
        'promote',
        '--alias',
        'live',
        ...LAX,
        'data=folder',
        'data.path=photos',
        'data.validation=8',
        'data.test=8',
        'data.geometry={height: 28, width: 28, channels: 1}',
      ),
    ).toMatchObject({ code: 0 })
    expect(received).toEqual(['model.registered', 'model.promoted'])
    expect(await readdir(join(project.folder, 'bucket/sha256'))).toHaveLength(1)
    expect((await models('deliver')).out).toBe('Nothing waits.\n')
    server.close()
    await rm(join(project.folder, 'conf'), { recursive: true })
  })

  it('registers into the store that an override names', async () => {
    const made = await modelsJson('register', runs[0]!, 'registry.store=elsewhere')
    const { sha256: digest } = made
    const file = join(project.folder, 'elsewhere/sha256', digest.slice(0, 2), digest)
    expect(existsSync(file)).toBe(true)
  })
})
