/** A new project by its own README: every command of it, in order, on the packed package. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runTool, toolsMissing } from './support/dev-tools.ts'
import { packageRoot } from './support/training-project.ts'

const MINUTES = 60_000
/** Lines of the README that go on until they are stopped say so. */
const SERVES = /Ctrl-C ends it/

interface Line {
  readonly command: string
  readonly serves: boolean
}

/** The blocks that a shell reads, without those for containers. */
function commandLines(readme: string): Line[] {
  return [...readme.matchAll(/```sh\n([\s\S]*?)```/g)]
    .flatMap(([, block]) => block!.trim().split('\n'))
    .map((line) => ({ command: line.replace(/\s+# .*$/, ''), serves: SERVES.test(line) }))
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  return port
}

const missing = process.platform === 'win32' ? 'wants bash' : toolsMissing('bash', 'curl', 'git')
const suite = `the README of a new project (${missing ?? 'installs from the registry'})`
describe.skipIf(missing !== undefined)(suite, () => {
  let folder = ''
  const project = () => join(folder, 'shop')
  const servers: ChildProcess[] = []
  const outputs = new Map<string, string>()
  const ports = new Map<string, number>()

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atelier-readme-'))
    for (const known of ['8080', '8090']) ports.set(known, await freePort())
    await runTool(process.execPath, ['scripts/setup.mjs'])
    await runTool('npm', ['pack', '--pack-destination', folder])
    const tarball = (await readdir(folder)).find((file) => file.endsWith('.tgz'))!
    const words = ['init', 'shop', '--data', 'sketch', '--package', `file:../${tarball}`]
    const cli = join(packageRoot, 'dist/main/atelier.js')
    const made = await runTool(process.execPath, [cli, ...words], { cwd: folder })
    expect(made.code, made.stderr).toBe(0)
  }, 3 * MINUTES)

  afterAll(async () => {
    for (const { pid } of servers) if (pid !== undefined) process.kill(-pid, 'SIGTERM')
    await Promise.all(servers.map((child) => once(child, 'close')))
    await rm(folder, { recursive: true })
  }, MINUTES)

  /** With the ports of this test in place of the usual ones, and what is installed kept from elsewhere. */
  function shell({ command, serves }: Line): ChildProcess {
    const port = /monitor/.test(command) ? '8090' : '8080'
    const line = command.replaceAll(/:(8080|8090)\b/g, (_, known) => `:${ports.get(known)}`)
    const env = {
      PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
      HOME: process.env['HOME'],
      npm_config_prefer_offline: 'true',
      npm_config_audit: 'false',
      ...(serves ? { PORT: String(ports.get(port)) } : {}),
    }
    return spawn('bash', ['-e', '-c', line], { cwd: project(), env, detached: true })
  }

  async function runLine(line: Line): Promise<void> {
    const child = shell(line)
    let text = ''
    const listens = new Promise<void>((done) => {
      child.stdout!.on('data', (chunk: Buffer) => {
        text += chunk.toString()
        if (/http:\/\/127/.test(text)) done()
      })
    })
    child.stderr!.on('data', (chunk: Buffer) => (text += chunk.toString()))
    const ended = once(child, 'close').then(([code]) => {
      if (line.serves || code !== 0) throw new Error(`${line.command}: ${code}\n${text}`)
    })
    ended.catch(() => {})
    if (line.serves) servers.push(child)
    await (line.serves ? Promise.race([listens, ended]) : ended)
    outputs.set(line.command, text)
  }

  it(
    'leads from installation to a watched service',
    async () => {
      const lines = commandLines(await readFile(join(project(), 'README.md'), 'utf8'))
      expect(lines.length).toBeGreaterThan(15)
      for (const line of lines) await runLine(line)
      const curl = [...outputs].find(([command]) => command.startsWith('curl'))!
      expect(curl[1]).toContain('"predicted_class":"Bag"')
      expect(outputs.get('npm test')).toMatch(/pass 4\b[\s\S]*fail 0\b/)
      expect(outputs.get('npm run doctor')).toContain('0 problems')
      for (const file of ['reports/report.html', 'reports/monitoring/drift_report.html']) {
        expect(existsSync(join(project(), file)), file).toBe(true)
      }
      const report = await fetch(`http://127.0.0.1:${ports.get('8090')}/drift-report`)
      expect(report.status).toBe(200)
    },
    6 * MINUTES,
  )

  it('leaves in git only what belongs there', async () => {
    const { stdout } = await runTool('git', ['status', '--porcelain', '-uall'], { cwd: project() })
    const files = stdout.split('\n').map((line) => line.slice(3))
    expect(files).toContain('package-lock.json')
    expect(files.filter((file) => /^(runs|models|reports|data|node_modules)\//.test(file))).toEqual(
      [],
    )
  })
})
