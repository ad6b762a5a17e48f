/** A thread that hashes and copies the files of data versions. Loads nothing else: it starts often. */
import { parentPort } from 'node:worker_threads'
import { answerFileJob, type FileThreadRequest } from '../versioning/files/file-thread.ts'

parentPort!.on('message', (request: FileThreadRequest) => {
  answerFileJob(request, (answer) => parentPort!.postMessage(answer))
})
