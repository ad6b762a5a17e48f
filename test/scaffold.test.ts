/** A new project: what is in it, what is refused, and that its README leads from nothing to a watched service. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { dataNames, readAnswer } from '../src/cli/scaffold/ask-data.ts'
import { composeConfig } from '../src/config/index.ts'
import { checkProjectName, dataChoices, projectFiles, writeProject } from '../src/scaffold/index.ts'
import { runAtelier } from './support/atelier-process.ts'
import { composeContract } from './support/compose-contract.ts'
import { runTool, toolsMissing } from './support/dev-tools.ts'
import { dockerfileContract, instructionsOf, restsOf } from './support/dockerfile-contract.ts'
import { readText } from './support/repository.ts'
import { packageRoot } from './support/training-project.ts'
import { pinnedCommits, workflowContract } from './support/workflow-contract.ts'

const folder = mkdtempSync(join(tmpdir(), 'atelier-scaffold-'))
afterAll(() => rmSync(folder, { recursive: true }))
const inFolder = (...parts: string[]) => join(folder, ...parts)

// written before the tests are, because there is one for each of its files
const name = 'my-project'
const root = inFolder(name)
const choices = { name, data: 'sketch', choice: dataChoices.sketch, dependency: '^9.8.7' }
await writeProject(root, await projectFiles(packageRoot, choices))
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const workflows = readdirSync(join(root, '.github/workflows')).map((file) => ({
  name: file,
  text: read(`.github/workflows/${file}`),
}))

describe('projectFiles', () => {
  it('are those of a project', async () => {
    const files = (await projectFiles(packageRoot, choices)).map(({ path }) => path)
    expect(files).toMatchInlineSnapshot(`
      [
        ".dockerignore",
        ".env.example",
        ".gitattributes",
        ".github/dependabot.yml",
        ".github/workflows/data-changes.yaml",
        ".github/workflows/docker-build.yaml",
        ".github/workflows/drift.yaml",
        ".github/workflows/model-registry.yaml",
        ".github/workflows/tests.yaml",
        ".gitignore",
        ".npmrc",
        "Dockerfile",
        "README.md",
        "compose.yaml",
        "conf/config.yaml",
        "conf/data/sketch.yaml",
        "conf/recipe/default.yaml",
        "conf/registry/default.yaml",
        "deploy/grafana/dashboards/atelier.json",
        "deploy/grafana/provisioning/dashboards/atelier.yaml",
        "deploy/grafana/provisioning/datasources/prometheus.yaml",
        "deploy/prometheus/alerts.yml",
        "deploy/prometheus/prometheus.yml",
        "dvc.yaml",
        "lefthook.yml",
        "package.json",
        "test/bag.png",
        "test/project.test.mjs",
      ]
    `)
  })

  it('hold no placeholder and nothing of this repository', async () => {
    for (const { path, content } of await projectFiles(packageRoot, choices)) {
      const text = content.toString()
      expect(text, path).not.toMatch(/__[A-Z_]+__/)
      if (!path.endsWith('.png')) expect(text, path).not.toMatch(/scripts\/setup|src\/|\r/)
    }
    expect(JSON.parse(read('package.json'))).toMatchObject({
      name,
      dependencies: { atelier: '^9.8.7' },
    })
  })

  it.each(dataNames)('compose for data=%s, under the name of the project', async (data) => {
    const at = inFolder(`with-${data}`)
    const choice = dataChoices[data]
    const settings = `conf/data/${data}.yaml`
    const { processed } = parse(readText(settings))
    const files = await projectFiles(packageRoot, { ...choices, data, choice })
    await writeProject(at, files)
    const options = { cwd: at, env: {}, packageConf: join(packageRoot, 'conf') }
    const { config } = (await composeConfig([], options)).training
    expect(config.data).toMatchObject({ source: choice.source, processed })
    expect(config.tracking.project).toBe(name)
    const pipeline = parse(readFileSync(join(at, 'dvc.yaml'), 'utf8'))
    expect(pipeline.vars).toEqual([{ data }, `${settings}:processed`])
    expect(pipeline.stages.prepare.deps ?? []).toEqual(choice.depends)
  })

  it('are the same to the settings as the package, but for names and data', async () => {
    const options = { env: {}, packageConf: join(packageRoot, 'conf') }
    const own = await composeConfig(['data=sketch'], { ...options, cwd: root })
    const packaged = await composeConfig(['data=sketch'], { ...options, cwd: '/nonexistent' })
    const named = { ...packaged.config.tracking, project: name }
    const registry = { ...packaged.config.registry, name }
    expect(own.config).toEqual({ ...packaged.config, tracking: named, registry })
  })
})

describe('workflows of a new project', () => {
  it('are those that a project needs', () => {
    expect(workflows.map((file) => file.name)).toEqual([
      'data-changes.yaml',
      'docker-build.yaml',
      'drift.yaml',
      'model-registry.yaml',
      'tests.yaml',
    ])
  })

  workflowContract(workflows, {
    'docker-build.yaml build': ['packages'],
    'data-changes.yaml check': ['id-token'],
    'data-changes.yaml comment': ['pull-requests'],
    'model-registry.yaml gate': ['id-token'],
    'drift.yaml check': ['id-token'],
  })

  it('pin the commits that ours do', () => {
    const ours = readdirSync(join(packageRoot, '.github/workflows')).map((file) => ({
      name: file,
      text: readText(`.github/workflows/${file}`),
    }))
    const known = pinnedCommits(ours)
    for (const [action, commits] of pinnedCommits(workflows)) {
      expect([...commits], action).toEqual([...(known.get(action) ?? [])])
    }
  })

  it('run scripts that the package brings', () => {
    const { files } = JSON.parse(readText('package.json'))
    const texts = [...workflows.map(({ text }) => text), read('lefthook.yml'), read('Dockerfile')]
    const paths = texts.flatMap((text) =>
      [...text.matchAll(/node_modules\/atelier\/((?:scripts|docker)\/[\w.-]+)/g)].map(
        ([, path]) => path!,
      ),
    )
    expect(paths.length).toBeGreaterThan(4)
    for (const path of paths) expect(files).toContain(path)
  })
})

const PORTS: Readonly<Record<string, number>> = { api: 8080, monitor: 8090 }
describe.each(['train', 'evaluate', 'monitor', 'api'])('its image %s', (stage) => {
  const text = read('Dockerfile')
  const [port, ignore] = [PORTS[stage], read('.dockerignore')]
  const later = ['package-lock.json']
  dockerfileContract({ text, stage, port, context: root, ignore, later })

  it('begins with the image of ours', () => {
    const [base] = restsOf(instructionsOf(text), 'ARG')
    expect(restsOf(instructionsOf(readText('docker/api.Dockerfile')), 'ARG')).toContain(base)
  })
})

describe('its compose.yaml', () => {
  const variables = read('.env.example')
  composeContract({ text: read('compose.yaml'), variables, folder: root, prefix: `${name}-` })
})

describe('writeProject', () => {
  it('writes nothing into a folder with something in it, and says what', async () => {
    await mkdir(inFolder('full'))
    await writeFile(inFolder('full', 'notes.txt'), 'mine')
    await mkdir(inFolder('full', '.git'))
    const files = [{ path: 'notes.txt', content: 'theirs' }]
    await expect(writeProject(inFolder('full'), files)).rejects.toMatchObject({
      code: 'FOLDER_NOT_EMPTY',
      message: expect.stringContaining('is not empty: notes.txt.'),
      data: { found: ['notes.txt'] },
    })
    expect(readFileSync(inFolder('full', 'notes.txt'), 'utf8')).toBe('mine')
    await expect(writeProject(inFolder('full', 'notes.txt'), files)).rejects.toMatchObject({
      code: 'FOLDER_NOT_EMPTY',
    })
  })

  it('goes into a repository that was just made, and takes back what it wrote when it fails', async () => {
    await mkdir(inFolder('fresh', '.git'), { recursive: true })
    const good = { path: 'a/b.txt', content: 'x' }
    // a file cannot be a folder, too
    const bad = { path: 'a/b.txt/c', content: 'x' }
    await expect(writeProject(inFolder('fresh'), [good, bad])).rejects.toThrow()
    expect(readdirSync(inFolder('fresh'))).toEqual(['.git'])
    await expect(writeProject(inFolder('absent'), [good, bad])).rejects.toThrow()
    expect(existsSync(inFolder('absent'))).toBe(false)
    await writeProject(inFolder('fresh'), [good])
    expect(readFileSync(inFolder('fresh', 'a/b.txt'), 'utf8')).toBe('x')
  })
})

describe('checkProjectName', () => {
  it.each(['a', 'my-project', 'shoes2', 'x-1'])('takes %s', (good) => {
    expect(checkProjectName(good)).toBe(good)
  })

  it.each([
    ['My Project', 'my-project'],
    ['3d', 'd'],
    ['a_b.c', 'a-b-c'],
    ['-', 'my-project'],
    ['atelier', 'my-project'],
    ['con', 'my-project'],
    ['été', 'e-te'],
    ['x'.repeat(60), 'x'.repeat(50)],
  ])('refuses %s and offers %s', (bad, offer) => {
    expect(() => checkProjectName(bad)).toThrow(
      expect.objectContaining({ code: 'USAGE', hint: expect.stringMatching(`: ${offer}$`) }),
    )
  })
})

describe('readAnswer', () => {
  it('takes a number, a name, or nothing for the usual one', () => {
    expect(readAnswer('1', 2)).toBe('folder')
    expect(readAnswer(' Sketch ', 2)).toBe('sketch')
    expect(readAnswer('', 2)).toBe('fashion-mnist')
    for (const bad of ['0', '4', 'cats', '-1']) {
      expect(() => readAnswer(bad, 2)).toThrow(expect.objectContaining({ code: 'USAGE' }))
    }
  })
})

describe('atelier init', () => {
  it('makes a project with its repository, and says what comes next', async () => {
    const words = ['init', 'apps/shoes', '--data', 'sketch']
    const { code, stdout } = await runAtelier(folder, words)
    expect(code).toBe(0)
    expect(stdout).toContain('Next:\n  cd apps/shoes\n  npm install\n')
    const made = await readdir(inFolder('apps/shoes'))
    expect(made).toEqual(expect.arrayContaining(['.git', '.dvc', '.dvcignore', 'package.json']))
    const { version } = JSON.parse(readText('package.json'))
    const { dependencies } = JSON.parse(readFileSync(inFolder('apps/shoes/package.json'), 'utf8'))
    expect(dependencies.atelier).toBe(`^${version}`)
    const again = await runAtelier(folder, words)
    expect(again).toMatchObject({ code: 4, stdout: '' })
    expect(again.stderr).toContain('error[FOLDER_NOT_EMPTY]')
    const status = execFileSync('git', ['status', '--porcelain'], { cwd: inFolder('apps/shoes') })
    expect(status.toString()).toContain('.dvc/')
  })

  it('answers a script, takes the folder it stands in, and does without git where it is told to', async () => {
    await mkdir(inFolder('here'))
    const { code, stdout } = await runAtelier(inFolder('here'), ['init', '.', '--no-git', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ name: 'here', folder: inFolder('here'), data: 'fashion-mnist', repository: 'none' },
      files: expect.arrayContaining(['.gitignore', 'conf/data/fashion-mnist.yaml']),
    })
    expect(existsSync(inFolder('here/.git'))).toBe(false)
    const bad = await runAtelier(folder, ['init', 'Bad Name', '--json'])
    expect(bad.code).toBe(2)
    expect(existsSync(inFolder('Bad Name'))).toBe(false)
  })
})

const missing = toolsMissing('actionlint')
describe.skipIf(missing !== undefined)(`actionlint${missing ? ` (${missing})` : ''}`, () => {
  it('finds nothing in the workflows of a new project', async () => {
    const files = workflows.map((file) => join(root, '.github/workflows', file.name))
    const { code, stdout } = await runTool('actionlint', files)
    expect(code, `${stdout} ${files.map((file) => basename(file))}`).toBe(0)
  })
})
