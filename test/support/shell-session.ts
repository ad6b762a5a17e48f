/** One bash that takes commands one after the other, as somebody who types them: variables and `cd` stay. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

export interface ShellEnded {
  readonly code: number
  /** Both streams. */
  readonly output: string
}

export interface ShellSession {
  run(text: string, seconds?: number): Promise<ShellEnded>
  /** Starts a program that stays, and waits until it has told the address it listens at. */
  start(text: string, log: string): Promise<number>
  /** SIGTERM, and its exit code. */
  stop(pid: number): Promise<number>
  close(): Promise<void>
}

/** Nothing that a command prints. */
const MARK = '<<<ended>>>'

export function openShell(cwd: string, env: NodeJS.ProcessEnv): ShellSession {
  // a group of its own, so that a command that hangs ends with all it started
  const shell = spawn('bash', ['--noprofile', '--norc'], { cwd, env, detached: true })
  let output = ''
  let told: (() => void) | undefined
  shell.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
    if (output.includes(`${MARK}\n`)) told?.()
  })
  const ended = new Promise<void>((done) => shell.on('close', () => done()))
  shell.stdin.write('exec 2>&1\n')

  const session: ShellSession = {
    async run(text, seconds = 120) {
      output = ''
      const answered = new Promise<void>((done) => {
        told = done
      })
      shell.stdin.write(`{ ${text}\n} </dev/null\nprintf '\\n%s%s\\n' $? '${MARK}'\n`)
      const timer = setTimeout(() => process.kill(-shell.pid!, 'SIGKILL'), seconds * 1000)
      await Promise.race([answered, ended])
      clearTimeout(timer)
      const [, body, code] = /^([\s\S]*)\n(\d+)<<<ended>>>\n$/.exec(output) ?? []
      if (code === undefined) throw new Error(`'${text}' did not end:\n${output}`)
      return { code: Number(code), output: body! }
    },
    async start(text, log) {
      const { output: pid } = await session.run(`${text} >${log} 2>&1 &\nprintf %s $!`)
      const isThere = () =>
        existsSync(log) && /http:\/\/127\.0\.0\.1:\d+/.test(readFileSync(log, 'utf8'))
      for (let tries = 0; !isThere(); tries++) {
        if (tries === 400) throw new Error(`'${text}' does not listen:\n${readFileSync(log)}`)
        await new Promise((done) => setTimeout(done, 50))
      }
      return Number(pid)
    },
    async stop(pid) {
      return (await session.run(`kill -TERM ${pid}; wait ${pid}`, 30)).code
    },
    async close() {
      shell.stdin.end('exit\n')
      await ended
    },
  }
  return session
}
