import { availableParallelism } from 'node:os'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { FileJob, OnBytes, ResultOf } from './file-job.ts'
import type { FileThreadAnswer, FileThreadError } from './file-thread.ts'
import { runFileJob } from './run-file-job.ts'

const MOST_THREADS = 8

export interface FilePoolOptions {
  /** The compiled `main/file-thread.js`; without it, the calling thread does the work. */
  readonly file?: URL | string | undefined
  /** As many as the machine has processors, at most 8, when left out. */
  readonly threads?: number | undefined
}

export interface FilePoolRun {
  /** Called with bytes as they are done. */
  readonly onBytes?: OnBytes
  /** Called with the number of each job that is done. */
  readonly onJob?: (job: number) => void
  readonly signal?: AbortSignal | undefined
  /** Says that the work is done before a thread has started. */
  readonly light?: boolean
}

/** Threads that read, hash and copy files; they start with the first work that is worth it. */
export interface FilePool {
  /** How many jobs are worked on at once. */
  readonly threads: number
  /** The jobs' results in their order. The first failure, or the signal, ends all; it is thrown. */
  run<J extends FileJob>(jobs: readonly J[], options?: FilePoolRun): Promise<ResultOf<J>[]>
  close(): Promise<void>
}

export function createFilePool({ file, threads = defaultThreads() }: FilePoolOptions): FilePool {
  const idle: Worker[] = []
  const take = () => idle.pop() ?? new Worker(file!)
  const closeIdle = async () => {
    await Promise.all(idle.splice(0).map((worker) => worker.terminate()))
  }
  return {
    threads: file === undefined ? 1 : threads,
    async run<J extends FileJob>(jobs: readonly J[], options: FilePoolRun = {}) {
      if (file === undefined || options.light) return runHere(jobs, options)
      const workers = jobs.slice(0, threads).map(take)
      const results: ResultOf<J>[] = []
      const queue = jobs.entries()
      try {
        await Promise.all(workers.map((worker) => workThrough(worker, queue, results, options)))
        idle.push(...workers)
        return results
      } catch (error) {
        await Promise.all(workers.map((worker) => worker.terminate()))
        throw error
      }
    },
    close: closeIdle,
  }
}

function defaultThreads(): number {
  return Math.min(MOST_THREADS, availableParallelism())
}

async function runHere<J extends FileJob>(
  jobs: readonly J[],
  { onBytes = () => {}, onJob, signal }: FilePoolRun,
): Promise<ResultOf<J>[]> {
  const results: ResultOf<J>[] = []
  for (const [at, job] of jobs.entries()) {
    signal?.throwIfAborted()
    results.push(runFileJob(job, onBytes) as ResultOf<J>)
    onJob?.(at)
    // signals and progress lines get their turn
    await nextTurn()
  }
  return results
}

/** Gives one worker job after job until the queue is empty. */
function workThrough<J extends FileJob>(
  worker: Worker,
  queue: Iterator<[number, J]>,
  results: ResultOf<J>[],
  { onBytes = () => {}, onJob, signal }: FilePoolRun,
): Promise<void> {
  return new Promise((done, fail) => {
    const stop = () => finish(() => fail(signal!.reason))
    const ended = () => finish(() => fail(new Error('a thread for files ended')))
    const broken = (error: Error) => finish(() => fail(error))
    const finish = (settle: () => void) => {
      worker.off('message', hear).off('error', broken).off('exit', ended)
      signal?.removeEventListener('abort', stop)
      settle()
    }
    const next = () => {
      const { value, done: empty } = queue.next()
      if (empty) finish(done)
      else worker.postMessage({ id: value[0], job: value[1] })
    }
    const hear = (answer: FileThreadAnswer) => {
      if ('bytes' in answer) onBytes(answer.bytes)
      else if ('error' in answer) finish(() => fail(errorFrom(answer.error)))
      else {
        results[answer.id] = answer.result as ResultOf<J>
        onJob?.(answer.id)
        next()
      }
    }
    worker.on('message', hear).on('error', broken).on('exit', ended)
    signal?.addEventListener('abort', stop)
    if (signal?.aborted) stop()
    else next()
  })
}

function errorFrom({ message, code, path, stack }: FileThreadError): Error {
  return Object.assign(new Error(message), {
    ...(code !== undefined && { code }),
    ...(path !== undefined && { path }),
    ...(stack !== undefined && { stack }),
  })
}
