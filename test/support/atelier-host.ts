import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Finished } from './atelier-process.ts'
import { packageRoot } from './training-project.ts'

/** A process that runs commands of the compiled package, which saves starting one for each. */
export interface AtelierHost {
  run(cwd: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Finished>
  stop(): Promise<void>
}

type Answer = Finished & { readonly id: number }

export function startHost(): AtelierHost {
  const child = fork(join(packageRoot, 'test/support/atelier-host.mjs'), {
    env: { PATH: process.env['PATH'] },
    execArgv: [],
  })
  const waiting = new Map<number, (answer: Answer) => void>()
  let count = 0
  child.on('message', (answer: Answer) => {
    waiting.get(answer.id)?.(answer)
    waiting.delete(answer.id)
  })
  return {
    run: (cwd, args, env = {}) =>
      new Promise((done, fail) => {
        const id = count++
        waiting.set(id, done)
        const path = { PATH: process.env['PATH'] }
        child.send({ id, cwd, args, env: { ...path, ...env } }, (error) => error && fail(error))
      }),
    stop: async () => {
      if (child.exitCode !== null) return
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}
