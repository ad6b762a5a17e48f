/** Programs of others that judge our files. They are not needed to work on Atelier, so they may be missing. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { FULL } from './only-in-full.ts'
import { packageRoot } from './training-project.ts'

const execute = promisify(execFile)

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Where a program is: on the PATH, or where Go or the Python of the tests puts its own. */
export function findProgram(name: string): string | undefined {
  const python = process.env['PYTHON']
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    process.env['GOBIN'] ?? join(homedir(), 'go/bin'),
    ...(python === undefined ? [] : [join(python, '..')]),
  ]
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

/** Why tests with these programs are left out; undefined where they are not. */
export function toolsMissing(...names: readonly string[]): string | undefined {
  if (!FULL) return 'ATELIER_TEST=full'
  const missing = names.filter((name) => findProgram(name) === undefined)
  return missing.length === 0 ? undefined : `wants ${missing.join(', ')}`
}

/** Runs a program to its end; a failure is an answer. */
export async function runTool(
  name: string,
  words: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Ended> {
  const program = findProgram(name) ?? name
  try {
    const settings = { cwd: packageRoot, maxBuffer: 2 ** 26, ...options }
    return { code: 0, ...(await execute(program, words, settings)) }
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as Partial<Ended> & Error
    if (typeof code !== 'number') throw error
    return { code, stdout, stderr }
  }
}
