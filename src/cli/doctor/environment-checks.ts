import { execFile } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { editDistance, nearestName } from '../../core/index.ts'
import type { Environment } from '../context.ts'
import { serverToken } from '../server-token.ts'
import { type DoctorFinding, ok, problem, skipped, warning } from './finding.ts'

const run = promisify(execFile)

/** Variables that mean something here; a neighbour of one of them is most likely a slip. */
const READ = ['MODEL_URI', 'LOG_URI', 'DATABASE_URL', 'ATELIER_TOKEN', 'FASHION_MNIST_DIR']
const OTHERS = [
  ...['ATELIER_TEST', 'ATELIER_USER', 'ATELIER_VERSION', 'ATELIER_CI_CACHE'],
  ...['ATELIER_SWEEP_ID', 'ATELIER_SWEEP_TRIAL', 'ATELIER_SWEEP_REPEAT'],
]
const OWN = /^ATELIER_/

export function judgeVariables(env: Environment): DoctorFinding {
  const known = new Set([...READ, ...OTHERS])
  const slips = Object.keys(env)
    .filter((name) => !known.has(name))
    .flatMap((name) => {
      const meant = OWN.test(name)
        ? (nearestName(name, known) ?? 'nothing')
        : READ.find((other) => editDistance(name, other) === 1)
      return meant === undefined ? [] : [{ name, meant }]
    })
  if (slips.length > 0) {
    const text = slips.map(({ name, meant }) => `${name} (${meant}?)`).join(', ')
    return warning(`nobody reads ${text}`, 'Correct the name, or unset it.')
  }
  const set = READ.filter((name) => env[name])
  return ok(set.length === 0 ? 'nothing is set' : `${set.join(', ')} set`)
}

/** The token of the servers, if there is one. */
export function judgeToken(token: string | undefined): DoctorFinding {
  if (!token) return skipped('ATELIER_TOKEN is not set: servers listen on this machine alone')
  // the same rule as the servers'; what it throws is the finding
  serverToken('0.0.0.0', token)
  return ok('ATELIER_TOKEN is long enough')
}

/** Files that hold secrets, if they do what the expression looks for. */
const SECRETS: readonly (readonly [file: string, holds: RegExp])[] = [
  ['.env', /^[A-Z_]*(?:TOKEN|PASSWORD|SECRET|KEY|DATABASE_URL)[A-Z_]*=./m],
  ['.npmrc', /_(?:authToken|password|auth)\s*=/],
  ['.dvc/config.local', /\S/],
]
const OTHERS_MAY = 0o077

/** Secrets in a project's files: who else may read them, and whether git has them. */
export async function judgeSecrets(cwd: string): Promise<DoctorFinding> {
  const found: string[] = []
  const open: string[] = []
  for (const [file, holds] of SECRETS) {
    const text = await readFile(join(cwd, file), 'utf8').catch(() => '')
    if (!holds.test(text)) continue
    found.push(file)
    if (await isTracked(cwd, file)) {
      return problem(
        `git tracks ${file}, which holds secrets`,
        `git rm --cached ${file}, ignore it, and take new secrets: the old ones are in the history.`,
      )
    }
    const { mode } = await stat(join(cwd, file))
    if (process.platform !== 'win32' && (mode & OTHERS_MAY) !== 0) open.push(file)
  }
  if (open.length > 0) {
    return warning(
      `others on this machine may read ${open.join(', ')}`,
      `chmod 600 ${open.join(' ')}`,
    )
  }
  return found.length === 0 ? skipped('no file holds any') : ok(`only you read ${found.join(', ')}`)
}

async function isTracked(cwd: string, file: string): Promise<boolean> {
  return run('git', ['ls-files', '--error-unmatch', '--', file], { cwd }).then(
    () => true,
    () => false,
  )
}
