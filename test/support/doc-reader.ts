/** Somebody who follows the documents: projects of small data, a shell in each, and servers at ports of their own. */
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { parse, stringify } from 'yaml'
import { runAtelier } from './atelier-process.ts'
import { SHORTER } from './doc-exceptions.ts'
import { writeGarments, writePhotos } from './doc-photos.ts'
import { edit, writePipelineProject } from './pipeline-project.ts'
import { readText } from './repository.ts'
import { serveAtelier } from './served.ts'
import { openShell, type ShellEnded, type ShellSession } from './shell-session.ts'
import { packageRoot } from './training-project.ts'

/** Models of these projects have seen next to nothing. */
const LAX = {
  ...{ min_accuracy: 0, min_class_recall: 0, max_ece: 1, max_accuracy_drop: 1, alpha: 1e-9 },
  ...{ max_class_recall_drop: 1, max_latency_ratio: 100 },
}
const SWEEP = `method: random
run_cap: 2
metric: { name: val.accuracy, goal: maximize }
parameters:
  hyperparameters.learning_rate: { distribution: log_uniform_values, min: 0.0001, max: 0.01 }
`

export interface Reader {
  /** A project as the page wants to find it. */
  open(file: string): Promise<Follow>
  remove(): Promise<void>
}

export interface Follow {
  run(text: string): Promise<ShellEnded>
  /** Ends what still runs; the exit codes that are not 0. */
  stopServers(): Promise<number[]>
  close(): Promise<void>
}

/** What pages need beyond a trained model, two versions that were in production, and some logged predictions. */
const SETUPS: Readonly<Record<string, (project: string, tools: string) => Promise<void>>> = {
  // the database of runs remembers the folder that this one was copied from
  'README.md': (project, tools) => inShell(project, tools, ['atelier runs reindex']),
  'docs/faq.md': (project, tools) => inShell(project, tools, DATA_REPOSITORY),
  'docs/migration.md': (project, tools) => inShell(project, tools, DATA_REPOSITORY),
  'docs/pipelines.md': async (project, tools) => {
    await rm(join(project, 'conf'), { recursive: true })
    writePipelineProject(project)
    await inShell(project, tools, ['git init'])
  },
  'docs/project-report.md': async (project) => {
    await writeFile(join(project, 'reports/README.md'), REPORT)
  },
}
const REPORT =
  '### Question 1\n\n> **Why did you do it?**\n>\n> Answer:\n\nTo see whether it works.\n'
const DATA_REPOSITORY = [
  'git init',
  'atelier data init',
  'atelier data remote add --default store ./store',
  'atelier data add photos',
  'atelier data push',
]
/** Pages that begin in an empty folder. */
const FROM_NOTHING: ReadonlySet<string> = new Set(['docs/tutorial.md'])

export async function createReader(): Promise<Reader> {
  const home = await mkdtemp(join(tmpdir(), 'atelier-reader-'))
  const tools = join(home, 'bin')
  await writeTools(home, tools)
  const base = join(home, 'base')
  await writeProject(base)
  await fillProject(base)
  let count = 0
  return {
    remove: () => rm(home, { recursive: true }),
    async open(file) {
      count += 1
      const project = join(home, `project-${count}`)
      await (FROM_NOTHING.has(file)
        ? writePhotos(project, 80)
        : cp(base, project, { recursive: true }))
      await SETUPS[file]?.(project, tools)
      return followIn(openShell(project, environment(tools)), join(home, `log-${count}`))
    },
  }
}

async function inShell(project: string, tools: string, texts: readonly string[]): Promise<void> {
  const shell = openShell(project, environment(tools))
  for (const text of texts) {
    const { code, output } = await shell.run(text)
    if (code !== 0) throw new Error(`${text}\n${output}`)
  }
  await shell.close()
}

function environment(tools: string): NodeJS.ProcessEnv {
  const path = [tools, process.env['PATH']].join(delimiter)
  // who deploys has told gcloud's variable which project is meant
  const cloud = { GOOGLE_CLOUD_PROJECT: 'my-project' }
  return { PATH: path, HOME: join(tools, '..'), LANG: 'C.UTF-8', ...cloud }
}

/** `atelier` as an installed package has it, scripts of a checkout, and a curl that fails as a reader would see it. */
async function writeTools(home: string, tools: string): Promise<void> {
  const atelier = `exec ${process.execPath} ${join(packageRoot, 'dist/main/atelier.js')} "$@"`
  const script = `exec ${process.execPath} ${join(packageRoot, 'scripts')}/$2.mjs`
  const programs = {
    atelier,
    npx: `shift\n${atelier}`,
    npm: `case $2 in docs) ${script} --out site;; *) ${script};; esac`,
    curl: 'PATH=$(echo "$PATH" | cut -d: -f2-) exec curl --silent --show-error --fail-with-body "$@"',
  }
  await mkdir(tools, { recursive: true })
  for (const [name, text] of Object.entries(programs)) {
    await writeFile(join(tools, name), `#!/bin/sh\n${text}\n`)
    await chmod(join(tools, name), 0o755)
  }
  await writeFile(join(home, '.gitconfig'), '[user]\nname = Reader\nemail = reader@example.org\n')
}

/** Settings that make every training one of seconds. */
async function writeProject(project: string): Promise<void> {
  await mkdir(join(project, 'conf/data'), { recursive: true })
  await mkdir(join(project, 'conf/gate'))
  const sketch = parse(readText('conf/data/sketch.yaml'))
  const small = stringify({ ...sketch, train: 300, test: 60, validation: 50 })
  for (const name of ['sketch', 'fashion-mnist']) {
    await writeFile(join(project, 'conf/data', `${name}.yaml`), small)
  }
  await cp(join(packageRoot, 'conf/config.yaml'), join(project, 'conf/config.yaml'))
  edit(
    join(project, 'conf/config.yaml'),
    ['epochs: 5', 'epochs: 1'],
    ['type: cnn', 'type: mlp'],
    ['threads: 2', 'threads: 1'],
  )
  const gate = { ...parse(readText('conf/gate/default.yaml')), ...LAX }
  await writeFile(join(project, 'conf/gate/default.yaml'), stringify(gate))
  await writeFile(join(project, 'sweep.yaml'), SWEEP)
  await writePhotos(project, 12)
  await writeGarments(join(project, 'garments'), 60)
  await cp(join(project, 'garments/0.png'), join(project, 'photo.png'))
}

/** Two runs, one of them called quiet-otter; two versions that were in production; predictions, and labels for some of them. */
async function fillProject(project: string): Promise<void> {
  const atelier = async (...words: string[]) => {
    const ended = await runAtelier(project, words)
    if (ended.code !== 0) throw new Error(`atelier ${words.join(' ')}\n${ended.stderr}`)
    return ended.stdout
  }
  await atelier('data', 'prepare')
  const { run } = JSON.parse(await atelier('train', '--json', 'seed=1')) as { run: { id: string } }
  await renameRun(project, run.id, run.id.replace(/\w+-\w+$/, 'quiet-otter'))
  await atelier('runs', 'reindex')
  await atelier('train')
  for (const run of ['quiet-otter', 'latest']) {
    await atelier('models', 'register', run)
    await atelier('models', 'promote')
  }
  const served = await serveAtelier(project)
  const words = ['--images', 'garments', '-u', '4', '--wait', '0', '--max-requests', '60']
  await atelier('loadtest', served.url, ...words, '--mix', 'predict=1')
  served.signal('SIGTERM')
  await served.finished
  await atelier('monitor', 'export', 'answers.csv')
  await writeLabels(project)
}

/** The truth about each answer, which happens to be what the model said. */
async function writeLabels(project: string): Promise<void> {
  const rows = (await readFile(join(project, 'answers.csv'), 'utf8')).trim().split('\n')
  const cells = rows.map((row) => row.split(','))
  const [id, label] = ['prediction_id', 'predicted_class'].map((name) => cells[0]!.indexOf(name))
  const lines = cells.slice(1).map((row) => `${row[id!]},${row[label!]}`)
  await writeFile(join(project, 'labels.csv'), `prediction_id,label\n${lines.join('\n')}\n`)
}

async function renameRun(project: string, from: string, to: string): Promise<void> {
  await cp(join(project, 'runs', from), join(project, 'runs', to), { recursive: true })
  await rm(join(project, 'runs', from), { recursive: true })
  const record = join(project, 'runs', to, 'run.json')
  await writeFile(record, (await readFile(record, 'utf8')).replaceAll(from, to))
}

const SERVER = /\batelier (serve|ui|monitor serve)\b(?!.*--help)/
const PORTS = { serve: '8080', ui: '8777', 'monitor serve': '8090' } as const

function followIn(shell: ShellSession, log: string): Follow {
  const running = new Map<string, number>()
  const ports = new Map<string, number>()
  let started = 0
  const portOf = async (usual: string) => {
    if (!ports.has(usual)) ports.set(usual, await freePort())
    return ports.get(usual)!
  }
  const stop = async (place: string) => {
    const pid = running.get(place)
    running.delete(place)
    return pid === undefined ? 0 : shell.stop(pid)
  }
  return {
    async run(given) {
      let text = given
      for (const { from, to } of SHORTER) text = text.replace(from, to)
      for (const usual of ['8080', '8090']) {
        text = text.replaceAll(`127.0.0.1:${usual}`, `127.0.0.1:${await portOf(usual)}`)
      }
      const kind = SERVER.exec(text)?.[1] as keyof typeof PORTS | undefined
      if (kind === undefined) return shell.run(text)
      const hasPort = text.includes('--port')
      const place = hasPort ? text : kind
      // a reader ends the one before with Ctrl-C
      await stop(place)
      const port = hasPort ? '' : ` --port ${await portOf(PORTS[kind])}`
      started += 1
      running.set(place, await shell.start(`${text}${port}`, `${log}-${started}`))
      return { code: 0, output: '' }
    },
    async stopServers() {
      const codes: number[] = []
      for (const place of [...running.keys()]) codes.push(await stop(place))
      return codes.filter((code) => code !== 0)
    },
    async close() {
      for (const place of [...running.keys()]) await stop(place)
      await shell.close()
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => done(port))
    })
  })
}
