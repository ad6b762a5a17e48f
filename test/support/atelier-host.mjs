/**
 * Runs commands one after the other, or at the same time, in one process: what most of a short command's
 * time goes into, the loading of modules, is done once. Each message `{id, cwd, args, env}` is answered by
 * `{id, code, stdout, stderr}`.
 */
import { EventEmitter } from 'node:events'
import { Readable, Writable } from 'node:stream'
import { commandTable, runCli } from '../../dist/cli/index.js'
import { systemClock } from '../../dist/core/index.js'

const packageRoot = new URL('../..', import.meta.url).pathname
const notHere = () => Promise.reject(new Error('not in this process'))

function textStream() {
  const pieces = []
  const stream = new Writable({
    write(piece, _, done) {
      pieces.push(piece)
      done()
    },
  })
  return { stream, text: () => Buffer.concat(pieces).toString() }
}

process.on('message', async ({ id, cwd, args, env }) => {
  const [stdout, stderr] = [textStream(), textStream()]
  const code = await runCli({
    ...{ argv: args, cwd, env, stdin: Readable.from([]) },
    ...{ stdout: stdout.stream, stderr: stderr.stream, packageRoot, clock: systemClock },
    ...{ signals: new EventEmitter(), exit: () => {}, commands: commandTable },
    ...{ self: [process.execPath], startUi: notHere, startService: notHere, startMonitor: notHere },
  })
  process.send({ id, code, stdout: stdout.text(), stderr: stderr.text() })
})
