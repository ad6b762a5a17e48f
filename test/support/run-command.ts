/** A command of Atelier within the test's own process, from the sources. */
import { EventEmitter } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import { commandTable, runCli } from '../../src/cli/index.ts'
import { systemClock } from '../../src/core/index.ts'
import { packageRoot } from './training-project.ts'

const refuse = () => Promise.reject(new Error('not in this test'))

export async function runCommand(
  cwd: string,
  argv: readonly string[],
  env: NodeJS.ProcessEnv = {},
) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const code = await runCli({
    ...{ argv, cwd, env, stdin: Readable.from([]), stdout, stderr, packageRoot },
    ...{ clock: systemClock, signals: new EventEmitter(), exit: () => {}, commands: commandTable },
    ...{ startUi: refuse, startService: refuse, startMonitor: refuse, self: [process.execPath] },
  })
  const textOf = (stream: PassThrough): string => stream.read()?.toString() ?? ''
  return { code, out: textOf(stdout), err: textOf(stderr) }
}
