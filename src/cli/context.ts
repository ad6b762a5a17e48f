import type { Readable, Writable } from 'node:stream'
import type { ConfigChoice } from '../config/index.ts'
import type { MonitorSource, PredictionModel, ProjectConfig } from '../contracts/index.ts'
import type { Clock, Logger, Progress } from '../core/index.ts'
import type { LiveBlock } from './live-block.ts'

/** A stream that may be a terminal. */
export interface TerminalStream extends Writable {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

export type Environment = Readonly<Record<string, string | undefined>>

export interface UiOptions {
  /** As for `openRunStore`. */
  readonly database: { readonly url?: string | undefined; readonly path: string }
  /** Absolute: the folder of the run folders. */
  readonly runs: string
  /** Absolute: the built pages. */
  readonly pages: string
  readonly host: string
  /** The first free one from the usual port on where absent; 0: any. */
  readonly port: number | undefined
  readonly logger: Logger
  readonly clock: Clock
}

export interface RunningUi {
  readonly url: string
  close(): Promise<void>
}

/** Serves the browser interface. `main` gives it: commands and HTTP never import each other. */
export type StartUi = (options: UiOptions) => Promise<RunningUi>

export interface ServeOptions {
  /** With what the command line says in place of `serving`. */
  readonly config: ProjectConfig
  readonly env: Environment
  /** Path or address of the model. */
  readonly model: string
  /** Folder that relative paths start from. */
  readonly cwd: string
  /** What a client must send as `Authorization: Bearer …`; undefined: nothing. */
  readonly token: string | undefined
  /** Absolute: the built pages. */
  readonly pages: string
  /** Atelier's own version. */
  readonly version: string
  readonly logger: Logger
  readonly clock: Clock
}

export interface RunningService {
  readonly url: string
  /** What is served now. */
  model(): PredictionModel | undefined
  /** Answers what was accepted, then ends. */
  close(): Promise<void>
}

/** Serves predictions; `main` gives it, as `StartUi`. */
export type StartService = (options: ServeOptions) => Promise<RunningService>

export interface MonitorOptions {
  readonly source: MonitorSource
  readonly host: string
  /** 0: any. */
  readonly port: number
  /** What a client must send as `Authorization: Bearer …`; undefined: nothing. */
  readonly token: string | undefined
  readonly clock: Clock
  readonly logger: Logger
}

/** Serves reports and alerts; `main` gives it, as `StartUi`. */
export type StartMonitor = (options: MonitorOptions) => Promise<RunningUi>

/** All that a command may touch of the world outside. */
export interface CommandContext {
  readonly cwd: string
  readonly env: Environment
  readonly stdin: Readable
  /** Results only. Use `printResult`, which knows about `--json`. */
  readonly stdout: TerminalStream
  /** Everything else: progress, notes, errors. */
  readonly stderr: TerminalStream
  readonly progress: Progress
  /** For what needs more than the one line of `progress`. */
  readonly block: LiveBlock
  readonly logger: Logger
  readonly clock: Clock
  /** Aborts on the first Ctrl-C or SIGTERM; the second one ends the process. */
  readonly signal: AbortSignal
  /** `--json`: print one JSON value instead of text. */
  readonly json: boolean
  /** Folder of the installed package: holds `conf/` and `package.json`. */
  readonly packageRoot: string
  readonly startUi: StartUi
  readonly startService: StartService
  readonly startMonitor: StartMonitor
  /** What starts Atelier anew: program, arguments, script. */
  readonly self: readonly string[]
  /** `-cn`, `-cp` and `-cd`: which configuration files to compose from. */
  readonly config?: ConfigChoice
}

/** Prints a command's result: `value` with `--json`, otherwise the text. */
export function printResult(context: CommandContext, value: unknown, text: () => string): void {
  const output = context.json ? JSON.stringify(value, null, 2) : text().trimEnd()
  context.stdout.write(`${output}\n`)
}
