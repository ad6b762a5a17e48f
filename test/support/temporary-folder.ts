/** Run once by vitest, before its tests and after them. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What `os.tmpdir` looks at, on all systems. */
const VARIABLES = ['TMPDIR', 'TEMP', 'TMP']

/**
 * Makes the folder in which all temporary folders of a run are, and gives the way to remove it: a test
 * that fails, and a process that a test kills, do not tidy up after themselves.
 */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-tests-'))
  // PostgreSQL runs as a user of its own, and must get through
  chmodSync(folder, 0o755)
  for (const name of VARIABLES) process.env[name] = folder
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  // a run that is broken off ends without the way that we give
  process.once('exit', remove)
  return remove
}
