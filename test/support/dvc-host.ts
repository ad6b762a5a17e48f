import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Finished } from './atelier-process.ts'

/** The real DVC in one process: its start costs a second, most of its commands less. */
export interface DvcHost {
  run(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Finished>
  stop(): Promise<void>
}

/** `python` names the interpreter that has DVC. */
export function startDvcHost(python: string): DvcHost {
  const child = spawn(python, [join(import.meta.dirname, 'dvc-host.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  let turn: Promise<unknown> = Promise.resolve()
  const ask = async (job: object): Promise<Finished> => {
    child.stdin.write(`${JSON.stringify(job)}\n`)
    const { value } = await lines.next()
    if (value === undefined) throw new Error('the process of DVC ended')
    return JSON.parse(value)
  }
  return {
    run: (cwd, args, env) => {
      const next = turn.then(() => ask({ cwd, args, env }))
      turn = next.catch(() => {})
      return next
    },
    stop: async () => {
      if (child.exitCode !== null) return
      const ended = once(child, 'exit')
      child.stdin.end()
      await ended
    },
  }
}
