import type { FileJob, FileJobs } from './file-job.ts'
import { runFileJob } from './run-file-job.ts'

/** What a thread for files is sent, and what it answers. */
export interface FileThreadRequest {
  readonly id: number
  readonly job: FileJob
}

export type FileThreadAnswer =
  | { readonly id: number; readonly result: FileJobs[keyof FileJobs]['result'] }
  | { readonly id: number; readonly bytes: number }
  | { readonly id: number; readonly error: FileThreadError }

/** An error as it passes between threads. */
export interface FileThreadError {
  readonly message: string
  readonly code: string | undefined
  readonly path: string | undefined
  readonly stack: string | undefined
}

const TELL_BYTES = 16 << 20

/** Answers one request: with its result or its error, and meanwhile now and then with how far it is. */
export function answerFileJob(
  { id, job }: FileThreadRequest,
  send: (answer: FileThreadAnswer) => void,
): void {
  let untold = 0
  const onBytes = (bytes: number) => {
    untold += bytes
    if (untold < TELL_BYTES) return
    send({ id, bytes: untold })
    untold = 0
  }
  try {
    const result = runFileJob(job, onBytes)
    if (untold > 0) send({ id, bytes: untold })
    send({ id, result })
  } catch (thrown) {
    const { message, code, path, stack } = thrown as NodeJS.ErrnoException
    send({ id, error: { message, code, path, stack } })
  }
}
