/** The images as they are built and run: a real engine, read-only, without a network, as a plain user. */
import { chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type ContainerEngine,
  containersMissing,
  startContainerEngine,
} from './support/container-engine.ts'
import { packageRoot } from './support/training-project.ts'

const missing = containersMissing()
const MINUTES = 60_000
const NAMES = ['train', 'evaluate', 'api', 'monitor'] as const
const TOKEN = 'a-token-of-the-tests'
const WITH_TOKEN = `{ headers: { authorization: 'Bearer ${TOKEN}' } }`
const DATA = ['data=sketch', 'data.train=300', 'data.test=60', 'data.validation=50']
const TRAIN = ['hyperparameters.epochs=1', 'model.type=mlp', 'trainer.threads=1']
/** What the official Node image does not count for; onnxruntime's library is 30 MB of it. */
const MOST_OWN_MB = 400

interface ImageConfig {
  readonly User: string
  readonly Entrypoint: readonly string[]
  readonly Cmd: readonly string[]
  readonly Labels: Readonly<Record<string, string>>
  readonly ExposedPorts?: Readonly<Record<string, object>>
}

const suite = missing === undefined ? 'the container images' : `the container images (${missing})`
describe.skipIf(missing !== undefined)(suite, () => {
  let engine: ContainerEngine
  let project = ''
  const containers: string[] = []
  beforeAll(async () => {
    engine = await startContainerEngine()
    for (const name of NAMES) await engine.build(name)
    project = await mkdtemp(join(tmpdir(), 'atelier-containers-'))
    for (const folder of ['.atelier', 'data', 'models', 'reports', 'runs']) {
      await mkdir(join(project, folder))
      await chown(join(project, folder), 1000, 1000)
    }
  }, 9 * MINUTES)
  afterAll(async () => {
    for (const container of containers) await engine.podman('rm', '-f', container)
    await engine?.podman('image', 'prune', '-f', '--filter', 'until=168h')
    await engine?.close()
    if (project !== '') await rm(project, { recursive: true })
  }, MINUTES)

  /** As a cautious host runs it: nothing can be written but the mounted folders and /tmp. */
  const limits = () => [
    ...['--read-only', '--cap-drop=all', '--security-opt=no-new-privileges', '--network=none'],
    ...['--ulimit', 'nofile=1024:4096', '--ulimit', 'nproc=4096:4096'],
    ...['.atelier', 'data', 'models', 'reports', 'runs'].flatMap((folder) => [
      '-v',
      `${join(project, folder)}:/app/${folder}`,
    ]),
  ]
  const runToEnd = (image: string, ...words: string[]) =>
    engine.podman('run', '--rm', ...limits(), `localhost/atelier-${image}`, ...words)

  /** Runs a program inside of an image, in place of its own. */
  async function inside(image: string, program: string) {
    const options = [...limits(), '--entrypoint', 'node']
    const ended = await engine.podman(
      ...['run', '--rm', ...options, `localhost/atelier-${image}`],
      ...['--input-type=module', '-e', program],
    )
    expect(ended.code, ended.stderr).toBe(0)
    return JSON.parse(ended.stdout)
  }

  async function start(image: string, port: number, ...options: string[]): Promise<string> {
    const ended = await engine.podman('run', '-d', ...limits(), ...options, image)
    expect(ended.code, ended.stderr).toBe(0)
    const container = ended.stdout.trim()
    containers.push(container)
    for (let attempt = 0; attempt < 60; attempt++) {
      const { stdout } = await ask(container, `http://127.0.0.1:${port}/health`)
      if (stdout.startsWith('200')) return container
      await sleep(500)
    }
    const { stdout, stderr } = await engine.podman('logs', container)
    throw new Error(`${image} does not get healthy\n${stdout}\n${stderr}`)
  }

  /** From inside: the container has no network. Prints the status and the body. */
  const ask = (container: string, url: string, init = '{}') =>
    engine.podman(
      ...['exec', container, 'node', '--input-type=module', '-e'],
      `const answer = await fetch('${url}', ${init}); console.log(answer.status, await answer.text())`,
    )

  async function exitCodeAfterStop(container: string): Promise<number> {
    expect((await engine.podman('stop', '-t', '30', container)).code).toBe(0)
    const { stdout } = await engine.podman('inspect', '-f', '{{.State.ExitCode}}', container)
    return Number(stdout)
  }

  it.each(NAMES)(
    '%s runs as a plain user, without a shell between it and signals',
    async (name) => {
      const { stdout } = await engine.podman('inspect', `localhost/atelier-${name}`)
      const [{ Config, HealthCheck, Healthcheck }] = JSON.parse(stdout)
      const config: ImageConfig = Config
      expect(config.User).toBe('1000:1000')
      expect(config.Entrypoint).toEqual(['node', '/opt/atelier/dist/main/atelier.js'])
      expect(config.Cmd[0]).toBe({ api: 'serve', monitor: 'monitor' }[name as string] ?? name)
      expect(config.Labels).toMatchObject({
        'org.opencontainers.image.title': `atelier-${name}`,
        'org.opencontainers.image.version': '0.0.0-test',
        'org.opencontainers.image.licenses': 'MIT',
      })
      const health = HealthCheck ?? Healthcheck
      const isServer = name === 'api' || name === 'monitor'
      expect(health?.Test?.[0]).toBe(isServer ? 'CMD' : 'NONE')
    },
  )

  it.each(NAMES)('%s holds what runs, and nothing that builds or tests', async (name) => {
    const { devDependencies } = JSON.parse(
      await readFile(join(packageRoot, 'package.json'), 'utf8'),
    )
    const found = await inside(
      name,
      `import { readdirSync, readFileSync, statSync, accessSync, constants } from 'node:fs'
      const root = '/opt/atelier'
      const files = readdirSync(root, { recursive: true })
      let bytes = 0
      for (const file of files) { const s = statSync(root + '/' + file); if (s.isFile()) bytes += s.size }
      const writable = ['/', root, root + '/dist', '/etc', '/app'].filter((path) => {
        try { accessSync(path, constants.W_OK); return true } catch { return false }
      })
      const packages = JSON.parse(readFileSync(root + '/node_modules/.package-lock.json', 'utf8')).packages
      const sbom = JSON.parse(readFileSync(root + '/sbom.cdx.json', 'utf8'))
      console.log(JSON.stringify({
        top: readdirSync(root).sort(), bytes, writable,
        dev: Object.keys(packages).filter((key) => packages[key].dev),
        packages: Object.keys(packages).filter((key) => !packages[key].optional).length,
        names: Object.keys(packages),
        sbom: sbom.components.map((component) => component.name),
        tests: files.filter((file) => /^(dist|conf)/.test(file) && /\\.test\\.|tsbuildinfo|(?<!\\.d)\\.ts$/.test(file)),
        onnx: readdirSync(root + '/node_modules/onnxruntime-node/bin/napi-v6', { recursive: true }).filter((file) => !file.includes('.')),
      }))`,
    )
    const server = name === 'api' || name === 'monitor'
    expect(found.top).toEqual(
      [
        'LICENSE',
        'conf',
        'dist',
        server ? 'docker' : '',
        'node_modules',
        'package.json',
        'sbom.cdx.json',
      ].filter((entry) => entry !== ''),
    )
    expect(found.dev).toEqual([])
    const installed = new Set<string>(found.names)
    for (const dependency of ['vitest', 'typescript', 'vite', '@biomejs/biome', 'knip']) {
      expect(devDependencies).toHaveProperty([dependency])
      expect(installed.has(`node_modules/${dependency}`)).toBe(false)
    }
    expect(found.packages).toBeGreaterThan(20)
    expect(found.sbom).toEqual(expect.arrayContaining(['fastify', 'onnxruntime-node', 'sharp']))
    expect(found.sbom).not.toContain('vitest')
    expect(found.tests).toEqual([])
    expect(found.onnx).toEqual(['linux', 'linux/x64'])
    expect(found.writable).toEqual([])
    const megabytes = found.bytes / 1e6
    console.log(`atelier-${name}: ${megabytes.toFixed(0)} MB over Node's image`)
    expect(megabytes).toBeLessThan(MOST_OWN_MB)
  })

  it(
    'trains and evaluates in mounted folders, and leaves files of the user',
    async () => {
      for (const words of [
        ['train', 'data', 'prepare', ...DATA],
        ['train', 'train', ...DATA, ...TRAIN],
        ['evaluate'],
      ]) {
        const { code, stderr } = await runToEnd(...(words as [string, ...string[]]))
        expect(code, stderr).toBe(0)
      }
      expect((await stat(join(project, 'models/model.onnx'))).uid).toBe(1000)
      expect(await readdir(join(project, 'reports'), { recursive: true })).toContain('report.html')
    },
    3 * MINUTES,
  )

  it('says with its exit code that a training failed', async () => {
    expect((await runToEnd('train', 'train', 'model.type=nothing')).code).toBe(3)
  })

  it('does not listen to others without a token', async () => {
    const { code, stderr } = await runToEnd('api')
    expect(stderr).toContain('needs a token')
    expect(code).not.toBe(0)
  })

  it(
    'answers predictions, keeps its metrics to itself, and stops when told',
    async () => {
      const grey = { width: 28, height: 28, channels: 3, background: '#808080' } as const
      const bytes = await sharp({ create: grey }).png().toBuffer()
      await writeFile(join(project, 'data/picture.png'), bytes)
      const options = ['-e', `ATELIER_TOKEN=${TOKEN}`, '-e', 'PORT=9000']
      const api = await start('localhost/atelier-api', 9000, ...options)
      const url = 'http://127.0.0.1:9000'
      const send = `{ method: 'POST', headers: { 'content-type': 'image/png' }, body: (await import('node:fs')).readFileSync('/app/data/picture.png') }`
      const { stdout: answer } = await ask(api, `${url}/predict`, send)
      expect(answer).toMatch(/^200 \{"predicted_class":/)
      expect((await ask(api, `${url}/metrics`)).stdout).toMatch(/^401/)
      expect((await ask(api, `${url}/metrics`, WITH_TOKEN)).stdout).toContain(
        'atelier_predictions_total 1',
      )
      expect((await engine.podman('healthcheck', 'run', api)).code).toBe(0)
      expect(await exitCodeAfterStop(api)).toBe(0)
    },
    MINUTES,
  )

  it(
    'answers drift reports of what was predicted',
    async () => {
      const options = ['-e', `ATELIER_TOKEN=${TOKEN}`]
      const monitor = await start('localhost/atelier-monitor', 8090, ...options)
      const { stdout } = await ask(monitor, 'http://127.0.0.1:8090/ready')
      expect(stdout).toBe('200 {"ready":true}\n')
      expect((await ask(monitor, 'http://127.0.0.1:8090/drift')).stdout).toMatch(/^401/)
      // one prediction proves nothing, and the service says so
      const report = (await ask(monitor, 'http://127.0.0.1:8090/drift', WITH_TOKEN)).stdout
      expect(report).toMatch(/^200 .*"verdict":"unjudged"/)
      expect((await engine.podman('healthcheck', 'run', monitor)).code).toBe(0)
      expect(await exitCodeAfterStop(monitor)).toBe(0)
    },
    MINUTES,
  )
})
