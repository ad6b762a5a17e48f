/** Judgements of what `machine-facts.ts` has found. */
import { type DoctorFinding, ok, problem, skipped, warning } from './finding.ts'

const MIB = 2 ** 20
const GIB = 2 ** 30
/** What a training of the default recipe takes, and what leaves room beside it. */
const LEAST_MEMORY = 400 * MIB
const GOOD_MEMORY = GIB
const LEAST_DISK = 200 * MIB
const GOOD_DISK = 2 * GIB
/** Before this program was written. */
const EARLIEST = Date.UTC(2026, 0, 1)
const CLOCK_TOLERANCE_MS = 5000

export function judgeNode(version: string, wanted: string): DoctorFinding {
  const least = wanted.replace(/^>=/, '')
  const numbers = (text: string) => text.split('.').map(Number)
  const [major = 0, minor = 0] = numbers(version)
  const [wantedMajor = 0, wantedMinor = 0] = numbers(least)
  const isEnough = major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)
  if (isEnough) return ok(version)
  return problem(`${version}; wanted is ${least} or newer`, 'Install a newer Node: nodejs.org.')
}

export interface PlatformFacts {
  readonly platform: string
  readonly arch: string
  /** Of the GNU C library; undefined on other systems, and on Linux with another library. */
  readonly glibc: string | undefined
}

export function judgePlatform({ platform, arch, glibc }: PlatformFacts): DoctorFinding {
  const name = `${platform} ${arch}`
  if (!['linux', 'darwin', 'win32'].includes(platform) || !['x64', 'arm64'].includes(arch)) {
    return problem(`${name} has no build of onnxruntime`, 'Use Linux, macOS or Windows, 64 bit.')
  }
  if (platform !== 'linux') return ok(name)
  if (glibc !== undefined) return ok(`${name}, glibc ${glibc}`)
  return problem(
    `${name} without the GNU C library, which onnxruntime needs`,
    'Use an image on Debian or Ubuntu instead of Alpine.',
  )
}

export interface ProcessorFacts {
  readonly model: string
  readonly cores: number
  /** What the container allows, in cores; undefined: everything. */
  readonly quota: number | undefined
  /** Names as Linux has them; empty where the system does not tell. */
  readonly features: readonly string[]
  /** `trainer.threads`; undefined: not known. */
  readonly threads: number | undefined
}

export function judgeProcessor(facts: ProcessorFacts): DoctorFinding {
  const { model, cores, quota, features, threads } = facts
  const usable = Math.min(cores, quota ?? cores)
  const vector = ['avx512f', 'avx2', 'asimd'].find((feature) => features.includes(feature))
  const limit = quota === undefined ? '' : `, of which this container may use ${quota.toFixed(1)}`
  const text = `${model}: ${cores} cores${limit}${vector === undefined ? '' : `, ${vector}`}`
  if (threads !== undefined && threads > usable) {
    return warning(
      `${text}; trainer.threads is ${threads}`,
      `Threads that wait for each other are slower: trainer.threads=${Math.max(1, Math.floor(usable))}.`,
    )
  }
  if (features.length > 0 && vector === undefined) {
    return warning(`${text}, without AVX2`, 'Training will be several times slower than usual.')
  }
  return ok(text)
}

/** Bytes: of the machine, and what the container allows. */
export function judgeMemory(total: number, limit: number | undefined): DoctorFinding {
  const usable = Math.min(total, limit ?? total)
  const text = `${size(usable)}${usable < total ? ` (limit of the container; the machine has ${size(total)})` : ''}`
  const mend = 'Give the container or the machine more; one training takes about 300 MB.'
  if (usable < LEAST_MEMORY) return problem(`${text}, too little to train`, mend)
  return usable < GOOD_MEMORY ? warning(text, mend) : ok(text)
}

/** Free bytes where the project is. */
export function judgeDisk(free: number): DoctorFinding {
  const text = `${size(free)} free`
  const mend = 'Make room: `atelier runs gc`, `atelier data gc`, or move the project.'
  if (free < LEAST_DISK) return problem(text, mend)
  return free < GOOD_DISK ? warning(text, mend) : ok(text)
}

/** Milliseconds since 1970: by the clock, and as a file written at that moment has it. */
export function judgeClock(now: number, fileTime: number): DoctorFinding {
  const text = new Date(now).toISOString()
  if (now < EARLIEST) {
    return problem(`it says ${text}`, 'Set the clock: certificates are refused, logs misdated.')
  }
  const apart = Math.abs(now - fileTime)
  if (apart <= CLOCK_TOLERANCE_MS) return ok(text)
  return warning(
    `files here are dated ${Math.round(apart / 1000)} s apart from the clock`,
    'Let both machines of a network drive ask a time server.',
  )
}

/** What `git --version` says; undefined where it cannot be run. */
export function judgeGit(version: string | undefined, isRepository: boolean): DoctorFinding {
  if (version === undefined) {
    return warning(
      'not installed',
      'Install git: without it runs cannot tell of which code they are.',
    )
  }
  const text = version.replace(/^git version /, '').trim()
  return isRepository
    ? ok(`${text}, and this is a repository`)
    : warning(
        `${text}, but this is no repository`,
        'Run `git init`: runs note the commit they are of.',
      )
}

/** Loads a library and uses it once; `use` gives what it says of itself. */
export async function judgeLibrary(
  use: () => Promise<string>,
  mend: string,
): Promise<DoctorFinding> {
  try {
    return ok(await use())
  } catch (error) {
    const [message] = (error instanceof Error ? error.message : String(error)).split('\n')
    return problem(message!, mend)
  }
}

export interface PortFacts {
  readonly port: number
  /** `atelier serve` */
  readonly command: string
  readonly isFree: boolean
  /** What the server there says of its health; undefined: nothing that is ours. */
  readonly health: string | undefined
}

export function judgePort({ port, command, isFree, health }: PortFacts): DoctorFinding {
  if (port === 0) return skipped('any free one is taken')
  if (isFree) return ok(`${port} is free for ${command}`)
  if (health !== undefined) return ok(`${port}: a service of Atelier answers there, ${health}`)
  return warning(`${port} is taken by another program`, `${command} --port PORT, or PORT=…`)
}

function size(bytes: number): string {
  return bytes < GIB ? `${Math.round(bytes / MIB)} MiB` : `${(bytes / GIB).toFixed(1)} GiB`
}
