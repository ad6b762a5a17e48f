/** A PostgreSQL server of its own for a test: a fresh cluster in a temporary folder, on loopback. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

const INSTALLED = '/usr/lib/postgresql'
const START_MS = 60_000

export interface PostgresServer {
  /** Makes an empty database and gives its URL. */
  createDatabase(): Promise<string>
  stop(): Promise<void>
}

/** Where the newest PostgreSQL's programs are; undefined where there is none. */
export function findPostgres(): string | undefined {
  if (!existsSync(INSTALLED)) return undefined
  const versions = readdirSync(INSTALLED).sort((a, b) => Number(b) - Number(a))
  return versions
    .map((version) => join(INSTALLED, version, 'bin'))
    .find((bin) => existsSync(join(bin, 'initdb')))
}

export async function startPostgres(bin: string): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-postgres-'))
  const user = unprivileged()
  const passwordFile = join(folder, 'password')
  const data = join(folder, 'data')
  writeFileSync(passwordFile, 'secret\n')
  if (user) for (const path of [folder, passwordFile]) chownSync(path, user.uid, user.gid)
  const options = { cwd: folder, ...user }
  const encoding = ['--encoding=UTF8', '--locale=C']
  const login = ['--username=atelier', `--pwfile=${passwordFile}`, '--auth=scram-sha-256']
  execFileSync(join(bin, 'initdb'), ['-D', data, ...encoding, ...login, '--no-sync'], {
    ...options,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const port = await freePort()
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=']
  const child = spawn(
    join(bin, 'postgres'),
    ['-D', data, ...[...settings, 'fsync=off'].flatMap((setting) => ['-c', setting])],
    { ...options, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  // a test run that is broken off leaves no server behind
  const onExit = () => child.kill('SIGKILL')
  process.once('exit', onExit)
  child.once('exit', () => process.off('exit', onExit))
  const url = (database: string) => `postgres://atelier:secret@127.0.0.1:${port}/${database}`
  try {
    await untilReady(child, url('postgres'))
  } catch (error) {
    await end(child, folder)
    throw error
  }
  let count = 0
  return {
    async createDatabase() {
      const name = `test_${++count}`
      await execute(url('postgres'), `create database ${name}`)
      return url(name)
    },
    stop: () => end(child, folder),
  }
}

/** initdb refuses to work as root. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

export async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  let log = ''
  child.stderr!.on('data', (chunk: Buffer) => (log += chunk.toString()))
  for (const started = Date.now(); ; await sleep(50)) {
    if (child.exitCode !== null) throw new Error(`PostgreSQL ended:\n${log}`)
    try {
      await execute(url, 'select 1')
      return
    } catch (error) {
      if (Date.now() - started > START_MS) throw error
    }
  }
}

async function end(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null) {
    const ended = new Promise((done) => child.once('exit', done))
    // at once: what it would still write is deleted anyway
    child.kill('SIGQUIT')
    await ended
  }
  rmSync(folder, { recursive: true, force: true })
}

export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer()
    server.once('error', fail)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => done(typeof address === 'object' ? address!.port : 0))
    })
  })
}
