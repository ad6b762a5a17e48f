import { toAtelierError } from '../../core/index.ts'

/** `skipped`: there is nothing to look at, and nothing is wrong with that. */
export type FindingStatus = 'ok' | 'warning' | 'problem' | 'skipped'

export interface DoctorFinding {
  readonly status: FindingStatus
  /** One line: what was found. */
  readonly message: string
  /** What mends it; undefined where nothing needs to be. */
  readonly mend?: string | undefined
}

/** Something to look at. What `look` throws is a problem, with the error's own hint. */
export interface DoctorCheck {
  readonly group: string
  readonly name: string
  look(): Promise<DoctorFinding> | DoctorFinding
}

export interface Examined extends DoctorFinding {
  readonly group: string
  readonly name: string
}

export const ok = (message: string): DoctorFinding => ({ status: 'ok', message })
export const skipped = (message: string): DoctorFinding => ({ status: 'skipped', message })
export const warning = (message: string, mend: string): DoctorFinding => ({
  ...{ status: 'warning', message, mend },
})
export const problem = (message: string, mend: string): DoctorFinding => ({
  ...{ status: 'problem', message, mend },
})

/** An error as a finding; one that nobody expected names the library or the system that threw it. */
export function failure(thrown: unknown, mend: string): DoctorFinding {
  const error = toAtelierError(thrown)
  return problem(firstLine(error.message), error.hint ?? mend)
}

const firstLine = (text: string) => text.split('\n')[0]!

/** Looks at one thing; no longer than `seconds`, so that what hangs is a finding, too. */
export async function examine(check: DoctorCheck, seconds: number): Promise<Examined> {
  const { group, name } = check
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<DoctorFinding>((done) => {
    const text = `No answer within ${seconds} s.`
    timer = setTimeout(
      () => done(problem(text, 'Look at the disk and the network.')),
      seconds * 1000,
    )
  })
  try {
    return { group, name, ...(await Promise.race([(async () => check.look())(), late])) }
  } catch (error) {
    return { group, name, ...failure(error, 'See docs/errors.md.') }
  } finally {
    clearTimeout(timer)
  }
}
