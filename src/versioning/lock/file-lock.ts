import { spawn } from 'node:child_process'
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'

/** A lock that ends with this process at the latest, however it ends. */
export interface FileLock {
  release(): Promise<void>
}

/**
 * Takes the lock that Python's DVC takes on a file (flock), by the program `flock`, which locks an open file that it
 * shares with us. Undefined when another process holds it. Where there is no such program the lock is nothing: then
 * only renames, which are whole, stand between two processes.
 */
export async function tryFileLock(path: string): Promise<FileLock | undefined> {
  await mkdir(dirname(path), { recursive: true })
  const file = await open(path, 'a+')
  const outcome = await flock(file)
  if (outcome === 'busy') {
    await file.close()
    return undefined
  }
  if (outcome === 'locked') {
    await file.truncate(0)
    await file.write(` ${process.pid}\n`)
  }
  return { release: () => file.close() }
}

function flock(file: FileHandle): Promise<'locked' | 'busy' | 'unknown'> {
  return new Promise((done) => {
    const child = spawn('flock', ['-n', '3'], { stdio: ['ignore', 'ignore', 'ignore', file.fd] })
    child.once('error', () => done('unknown'))
    child.once('exit', (code) => done(code === 0 ? 'locked' : code === 1 ? 'busy' : 'unknown'))
  })
}
