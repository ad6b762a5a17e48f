/** `atelier deploy cloudrun` as a process, with a gcloud on the PATH that writes down what it is asked. */
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { sha256 } from '../src/core/index.ts'
import { runAtelier } from './support/atelier-process.ts'
import { runTool, toolsMissing } from './support/dev-tools.ts'

const MODEL = 'not a model, but bytes'
const PLACE = `gs://my-project-atelier/models/${sha256(MODEL).slice(0, 16)}/model.onnx`
const BASE = ['deploy', 'cloudrun', '-p', 'my-project']

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-deploy-'))
  await mkdir(join(folder, 'models'))
  await mkdir(join(folder, 'bin'))
  await writeFile(join(folder, 'models/model.onnx'), MODEL)
  return () => rm(folder, { recursive: true })
})

/** Writes its words down; fails with the code in `fails` when its first words are those. */
async function fakeGcloud(fails?: { readonly first: string; readonly code: number }) {
  const script = `#!${process.execPath}
    const fs = require('node:fs')
    const words = process.argv.slice(2)
    fs.appendFileSync(${JSON.stringify(join(folder, 'asked'))}, JSON.stringify(words) + '\\n')
    console.error('gcloud works on it')
    if (words.join(' ').startsWith(${JSON.stringify(fails?.first ?? 'nothing')})) process.exit(${fails?.code ?? 0})
    console.log(words[0] === 'run' ? 'https://' + words[2] + '.example' : '')`
  await writeFile(join(folder, 'bin/gcloud'), script)
  await chmod(join(folder, 'bin/gcloud'), 0o755)
}

const deploy = (...words: string[]) =>
  runAtelier(folder, [...BASE, ...words], { env: { PATH: join(folder, 'bin') } })
const asked = async (): Promise<string[][]> =>
  existsSync(join(folder, 'asked'))
    ? (await readFile(join(folder, 'asked'), 'utf8'))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : []

/** On Windows gcloud is a file of commands, which this stand-in is not. */
const noScripts = process.platform === 'win32'
describe.skipIf(noScripts)('atelier deploy cloudrun', () => {
  it('prints the commands it would run, and runs none', async () => {
    await fakeGcloud()
    const { code, stdout, stderr } = await deploy('--dry-run')
    expect(code, stderr).toBe(0)
    const lines = stdout.trim().split('\n')
    expect(lines).toHaveLength(2)
    expect(lines[0]).toBe(
      `gcloud storage cp --no-clobber ${join(folder, 'models/model.onnx')} ${PLACE} --project=my-project`,
    )
    expect(lines[1]).toContain('gcloud run deploy atelier-api --project=my-project')
    expect(lines[1]).toContain(`--set-env-vars=MODEL_URI=${PLACE}`)
    expect(lines[1]).toContain('--no-allow-unauthenticated')
    expect(await asked()).toEqual([])
  })

  it('runs exactly the commands that it prints', async () => {
    await fakeGcloud()
    const all = ['api', 'monitor', 'train', '--max-instances', '9', '-t', 'v1.2.3']
    const printed = JSON.parse((await deploy(...all, '--dry-run', '--json')).stdout)
    const { code, stdout, stderr } = await deploy(...all)
    expect(code, stderr).toBe(0)
    const commands = printed.commands.map(({ command }: { command: string[] }) => command)
    expect((await asked()).map((words) => ['gcloud', ...words])).toEqual(commands)
    expect(commands).toHaveLength(4)
    expect(stdout).toContain('Deploy the prediction service: https://atelier-api.example')
    expect(stderr).toContain('gcloud works on it')
  })

  it('stops at the first command that fails, and says which', async () => {
    await fakeGcloud({ first: 'run deploy atelier-api', code: 7 })
    const { code, stderr } = await deploy('api', 'monitor')
    expect(code).toBe(4)
    expect(stderr).toMatch(/error\[DEPLOY_FAILED\]: gcloud ended with exit code 7/)
    expect(stderr).toContain('gcloud run deploy atelier-api')
    expect((await asked()).map(([, verb]) => verb)).toEqual(['cp', 'deploy'])
  })

  it('says what is missing: the tool, the project, the model', async () => {
    expect(await deploy()).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('TOOL_MISSING'),
    })
    const noProject = await runAtelier(folder, ['deploy', 'cloudrun', '-n'])
    expect(noProject).toMatchObject({ code: 2, stderr: expect.stringContaining('--project') })
    const noModel = await deploy('-n', '-m', 'models/other.onnx')
    expect(noModel).toMatchObject({ code: 3, stderr: expect.stringContaining('models/other.onnx') })
  })

  it.each([
    ['--region=europe-west1 --format=json', 'region'],
    ['--tag=a,b', 'tag'],
    ['--model=gs://bucket/model.onnx,X=1', 'model'],
    ['--images=registry; reboot', 'images'],
    ['--min-instances=9', 'instances'],
  ])('refuses %s', async (word, about) => {
    await fakeGcloud()
    const { code, stderr } = await deploy(word)
    expect(code).toBe(2)
    expect(stderr).toContain(about)
    expect(await asked()).toEqual([])
  })
})

const missing = toolsMissing('gcloud')
const suite = missing === undefined ? 'the real gcloud' : `the real gcloud (${missing})`
describe.skipIf(missing !== undefined)(suite, () => {
  it('understands every word, and asks only who is there', async () => {
    await fakeGcloud()
    const { stdout } = await deploy('api', 'monitor', 'train', '--dry-run', '--json')
    const env = { PATH: process.env['PATH'], HOME: folder, CLOUDSDK_CONFIG: join(folder, 'gcloud') }
    const { commands } = JSON.parse(stdout) as { commands: { command: string[] }[] }
    for (const { command } of commands) {
      const { code, stderr } = await runTool('gcloud', command.slice(1), { env })
      // words it does not know end it with 2, before it looks for an account
      expect({ code, command }, stderr).toMatchObject({ code: 1 })
      expect(stderr).toContain('active account')
    }
    const wrong = await runTool('gcloud', [...commands[1]!.command.slice(1), '--concurency=1'], {
      env,
    })
    expect(wrong.code).toBe(2)
  }, 60_000)
})
