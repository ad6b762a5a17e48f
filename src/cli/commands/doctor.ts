import { AtelierError } from '../../core/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { doctorChecks } from '../doctor/checks.ts'
import { countFindings, doctorText } from '../doctor/doctor-text.ts'
import { type Examined, examine } from '../doctor/finding.ts'

/** A check of a large registry reads all of its files; what answers is not to be cut off. */
const SECONDS = 60

export const doctorCommand = defineCommand({
  arguments: {},
  options: {},
  overrides: false,
  examples: [
    { command: 'atelier doctor', does: 'Machine, libraries, project, models, ports.' },
    { command: 'atelier doctor --json', does: 'For a script; exit code 1 on a problem.' },
  ],
  async run(context) {
    const checks = await doctorChecks(context)
    const bar = context.progress.start({ label: 'Looking', unit: 'checks', total: checks.length })
    const findings: Examined[] = []
    for (const check of checks) {
      context.signal.throwIfAborted()
      bar.update(findings.length, check.name)
      findings.push(await examine(check, SECONDS))
    }
    bar.finish()
    const counts = countFindings(findings)
    const { stdout, env } = context
    const color = stdout.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb'
    printResult(context, { counts, checks: findings }, () => doctorText(findings, color))
    if (counts.problem === 0) return
    const names = findings.filter(({ status }) => status === 'problem').map(({ name }) => name)
    throw new AtelierError('DOCTOR_PROBLEMS', `Not fit: ${names.join(', ')}.`, {
      hint: 'What mends each of them stands below it.',
      data: { problems: names },
    })
  },
})
