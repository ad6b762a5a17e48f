import type { Clock, Logger, Progress, ProgressHandle, ProgressTask } from '../core/index.ts'
import type { TerminalStream } from './context.ts'
import type { LiveBlock } from './live-block.ts'
import { formatProgressLine, formatProgressSummary, type ProgressState } from './progress-line.ts'
import { createRateMeter, type RateMeter } from './rate-meter.ts'

const REDRAW_MS = 100
const PLAIN_LINE_MS = 10_000
const HIDE_CURSOR = '\u001b[?25l'
const SHOW_CURSOR = '\u001b[?25h'
const CLEAR_LINE = '\r\u001b[2K'
const CLEAR_BELOW = '\u001b[J'

interface Task {
  readonly spec: ProgressTask
  readonly started: number
  readonly meter: RateMeter
  done: number
  note: string | undefined
}

/**
 * The owner of stderr: one live progress line, or a block of lines, that log lines never tear. Without a terminal it
 * prints a plain line now and then. `close` must run before the process ends: it shows the cursor.
 */
export class Terminal {
  readonly progress: Progress = { start: (task) => this.#start(task) }
  readonly logger: Logger = {
    info: (message) => this.#printAbove(message),
    warn: (message) => this.#printAbove(`warning: ${message}`),
  }
  readonly block: LiveBlock
  readonly #stream: TerminalStream
  readonly #clock: Clock
  readonly #live: boolean
  #tasks: Task[] = []
  #lastDraw = Number.NEGATIVE_INFINITY
  #drawn = false
  #lines: readonly string[] = []

  constructor(stream: TerminalStream, clock: Clock) {
    this.#stream = stream
    this.#clock = clock
    this.#live = stream.isTTY === true
    this.block = {
      live: this.#live,
      size: () => ({ columns: stream.columns ?? 80, rows: stream.rows ?? 24 }),
      show: (lines) => this.#show(lines),
    }
  }

  close(): void {
    this.#erase()
    this.#tasks = []
    this.#lines = []
  }

  #show(lines: readonly string[]): void {
    if (!this.#live) return
    const erase = this.#eraseText()
    this.#lines = lines
    this.#drawn = lines.length > 0
    this.#stream.write(`${erase}${this.#drawn ? HIDE_CURSOR : ''}${lines.join('\n')}`)
  }

  #start(spec: ProgressTask): ProgressHandle {
    const started = this.#clock.monotonic()
    const task: Task = { spec, started, meter: createRateMeter(), done: 0, note: undefined }
    this.#tasks.push(task)
    if (!this.#live) this.#lastDraw = started
    return {
      update: (done, note) => this.#update(task, done, note),
      finish: (note) => this.#finish(task, note),
    }
  }

  #update(task: Task, done: number, note: string | undefined): void {
    const now = this.#clock.monotonic()
    task.done = done
    task.note = note ?? task.note
    task.meter.add(now, done)
    // the innermost task is the one shown
    if (task !== this.#tasks.at(-1)) return
    if (now - this.#lastDraw < (this.#live ? REDRAW_MS : PLAIN_LINE_MS)) return
    this.#lastDraw = now
    this.#draw(task)
  }

  #finish(task: Task, note: string | undefined): void {
    if (!this.#tasks.includes(task)) return
    this.#tasks = this.#tasks.filter((other) => other !== task)
    task.note = note ?? task.note
    this.#erase()
    this.#stream.write(`${formatProgressSummary(this.#state(task))}\n`)
    this.#lastDraw = this.#live ? Number.NEGATIVE_INFINITY : this.#clock.monotonic()
  }

  #draw(task: Task): void {
    if (this.#lines.length > 0) return
    const columns = this.#live ? (this.#stream.columns ?? 80) - 1 : 120
    const line = formatProgressLine(this.#state(task), columns)
    if (!this.#live) {
      this.#stream.write(`${line}\n`)
      return
    }
    this.#stream.write(`${this.#drawn ? '' : HIDE_CURSOR}${CLEAR_LINE}${line}`)
    this.#drawn = true
  }

  #erase(): void {
    if (!this.#drawn) return
    this.#stream.write(this.#eraseText())
    this.#drawn = false
  }

  #eraseText(): string {
    if (!this.#drawn) return ''
    const above = this.#lines.length - 1
    return `${above > 0 ? `\u001b[${above}A` : ''}${CLEAR_LINE}${CLEAR_BELOW}${SHOW_CURSOR}`
  }

  #printAbove(message: string): void {
    const wasDrawn = this.#drawn
    this.#erase()
    this.#stream.write(`${message}\n`)
    const task = this.#tasks.at(-1)
    if (wasDrawn && this.#lines.length > 0) this.#show(this.#lines)
    else if (wasDrawn && task !== undefined) this.#draw(task)
  }

  #state(task: Task): ProgressState {
    return {
      label: task.spec.label,
      unit: task.spec.unit,
      total: task.spec.total,
      done: task.done,
      note: task.note,
      rate: task.meter.rate(),
      elapsed: this.#clock.monotonic() - task.started,
    }
  }
}
