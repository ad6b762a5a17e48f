import type { Readable } from 'node:stream'
import { AtelierError, type Clock, toAtelierError } from '../core/index.ts'
import type { CommandEntry, CommandInput } from './command.ts'
import { overviewHelp } from './command-help.ts'
import { splitConfigOptions } from './config-options.ts'
import type {
  CommandContext,
  Environment,
  StartMonitor,
  StartService,
  StartUi,
  TerminalStream,
} from './context.ts'
import { exitCodeOf } from './exit-codes.ts'
import { findCommand } from './find-command.ts'
import { type SignalSource, watchInterrupts } from './interrupt.ts'
import { ownVersion } from './own-version.ts'
import { readPositionals } from './positionals.ts'
import { reportError } from './report-error.ts'
import { Terminal } from './terminal.ts'

/** The process a command line runs in; `main` passes the real one, tests their own. */
export interface CliHost {
  readonly argv: readonly string[]
  readonly cwd: string
  readonly env: Environment
  readonly stdin: Readable
  readonly stdout: TerminalStream
  readonly stderr: TerminalStream
  readonly clock: Clock
  readonly signals: SignalSource
  readonly exit: (code: number) => void
  readonly packageRoot: string
  readonly startUi: StartUi
  readonly startService: StartService
  readonly startMonitor: StartMonitor
  /** What starts this program anew: program, arguments, script. */
  readonly self: readonly string[]
  readonly commands: readonly CommandEntry[]
}

const TITLE = 'Atelier: from images to a trained, evaluated and monitored classifier.'
const EXAMPLES = [
  ['atelier train data=sketch', 'Train on the embedded data, offline.'],
  ['atelier train model.type=mlp seed=7', 'Change settings by key.'],
  ['atelier evaluate', 'Report on the newest run.'],
] as const

/** Runs one command line and returns its exit code. Never throws: failures are reported on stderr. */
export async function runCli(host: CliHost): Promise<number> {
  ignoreClosedPipe(host.stdout)
  ignoreClosedPipe(host.stderr)
  const terminal = new Terminal(host.stderr, host.clock)
  const interrupts = watchInterrupts({
    source: host.signals,
    onFirst: () => terminal.logger.warn('stopping; press Ctrl-C again to stop at once'),
    exit: (code) => {
      terminal.close()
      host.exit(code)
    },
  })
  try {
    await dispatch(host, terminal, interrupts.signal)
    return 0
  } catch (thrown) {
    const error = asInterruption(thrown, interrupts.signal) ?? toAtelierError(thrown)
    terminal.close()
    reportError(error, {
      stderr: host.stderr,
      json: host.argv.includes('--json'),
      color: colorOf(host),
    })
    return exitCodeOf(error)
  } finally {
    terminal.close()
    interrupts.dispose()
  }
}

async function dispatch(host: CliHost, terminal: Terminal, signal: AbortSignal): Promise<void> {
  const target = findCommand(host.commands, host.argv)
  if (target.kind === 'overview') {
    const examples = target.prefix === '' ? EXAMPLES : []
    host.stdout.write(overviewHelp(TITLE, target.prefix, host.commands, examples))
    return
  }
  if (target.kind === 'version') {
    host.stdout.write(`${await ownVersion(host.packageRoot)}\n`)
    return
  }
  const { parseOptions } = await import('./option-parser.ts')
  const command = await target.entry.load()
  const { options, words, json, help } = parseOptions(target.entry, command, target.rest)
  if (help !== undefined) {
    host.stdout.write(help)
    return
  }
  const split = splitConfigOptions(command.overrides ? options : {})
  const { choice, question } = split
  const context = { ...contextOf(host, terminal, signal, json), config: choice }
  const positionals = readPositionals(command, words)
  if (question !== undefined) {
    const { answerConfigQuestion } = await import('./answer-config.ts')
    await answerConfigQuestion(context, question, positionals.overrides)
    return
  }
  await command.run(context, {
    options: command.overrides ? split.rest : options,
    ...positionals,
  } as CommandInput<never, never>)
}

function contextOf(
  host: CliHost,
  terminal: Terminal,
  signal: AbortSignal,
  json: boolean,
): CommandContext {
  const { cwd, env, stdin, stdout, stderr, clock, packageRoot, self } = host
  const starts = {
    startUi: host.startUi,
    startService: host.startService,
    startMonitor: host.startMonitor,
  }
  const { progress, block, logger } = terminal
  const streams = { stdin, stdout, stderr }
  const shown = { progress, block, logger, json }
  return { cwd, env, ...streams, clock, packageRoot, ...starts, self, ...shown, signal }
}

/** `atelier config | head -1` closes stdout early: that is no failure, and no reason to stop work. */
function ignoreClosedPipe(stream: TerminalStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

/** An abort that reached us through a library is the user's interruption, not a defect. */
function asInterruption(thrown: unknown, signal: AbortSignal): AtelierError | undefined {
  const isAbort = thrown instanceof Error && thrown.name === 'AbortError'
  return signal.aborted && isAbort
    ? new AtelierError('INTERRUPTED', 'Stopped by a signal.', { cause: thrown })
    : undefined
}

function colorOf({ stderr, env }: CliHost): boolean {
  return stderr.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb'
}
