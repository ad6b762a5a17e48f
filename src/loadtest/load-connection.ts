import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { createResponseParser, MalformedResponse, type ResponseParser } from './response-parser.ts'

/** Where to connect; the name was looked up once. */
export interface Address {
  readonly host: string
  readonly port: number
  /** `servername` is undefined for an IP address: certificates name it otherwise. */
  readonly tls: false | { readonly servername: string | undefined; readonly insecure: boolean }
}

export interface Answer {
  /** 0 where there was none. */
  readonly status: number
  /** As in `FailureGroup.kind`; undefined for a good answer. */
  readonly failure: string | undefined
  readonly bodyBytes: number
  /** Where bodies are kept. */
  readonly body: Buffer | undefined
}

const READ_BUFFER = 16 * 1024

/**
 * One connection that is kept for many requests, one at a time, and opened anew when the server has
 * closed it. It owns a socket: `close` it.
 */
export class LoadConnection {
  /** When the request on its way has taken too long, by the monotonic clock. */
  deadline = Number.POSITIVE_INFINITY
  readonly #address: Address
  readonly #parser: ResponseParser
  #socket: Socket | undefined
  #done: ((answer: Answer) => void) | undefined

  constructor(address: Address, keepBody: boolean) {
    this.#address = address
    this.#parser = createResponseParser({ keepBody })
  }

  /** Sends a whole request. `done` is called once, never before this returns. */
  send(request: Buffer, deadline: number, done: (answer: Answer) => void): void {
    this.deadline = deadline
    this.#done = done
    this.#parser.reset()
    this.#socket ??= this.#open()
    this.#socket.write(request)
  }

  /** Gives the request on its way up. */
  expire(): void {
    this.#drop()
    this.#fail('timeout')
  }

  /** Gives all up; nothing is answered any more. */
  close(): void {
    this.#done = undefined
    this.#drop()
  }

  #open(): Socket {
    const socket = openSocket(this.#address, (bytes) => this.#receive(socket, bytes))
    socket.setNoDelay(true)
    socket.on('error', (error) => this.#lose(socket, failureOf(error)))
    socket.on('end', () => this.#lose(socket, 'closed'))
    socket.on('close', () => this.#lose(socket, 'closed'))
    return socket
  }

  #receive(socket: Socket, bytes: Buffer): void {
    if (socket !== this.#socket) return
    try {
      // nobody asked: a server that says why it closes an idle connection
      if (this.#done === undefined) this.#drop()
      else if (this.#parser.push(bytes)) this.#finish()
    } catch (error) {
      if (!(error instanceof MalformedResponse)) throw error
      this.#drop()
      this.#fail('malformed')
    }
  }

  #lose(socket: Socket, failure: string): void {
    if (socket !== this.#socket) return
    this.#drop()
    if (failure === 'closed' && this.#parser.end()) this.#finish()
    else this.#fail(failure)
  }

  #finish(): void {
    const { status, bodyBytes, keepAlive } = this.#parser.answer
    if (!keepAlive) this.#drop()
    const failure = status >= 200 && status < 300 ? undefined : `status ${status}`
    this.#settle({ status, failure, bodyBytes, body: this.#parser.body() })
  }

  #fail(failure: string): void {
    this.#settle({ status: 0, failure, bodyBytes: 0, body: undefined })
  }

  #settle(answer: Answer): void {
    const done = this.#done
    this.#done = undefined
    this.deadline = Number.POSITIVE_INFINITY
    done?.(answer)
  }

  #drop(): void {
    const socket = this.#socket
    this.#socket = undefined
    socket?.destroy()
  }
}

/** A socket that gives what arrives; the bytes are good until `take` returns. */
export function openSocket({ host, port, tls }: Address, take: (bytes: Buffer) => void): Socket {
  if (tls !== false) {
    const { servername, insecure } = tls
    const named = servername === undefined ? {} : { servername }
    return connectTls({ host, port, ...named, rejectUnauthorized: !insecure }).on('data', take)
  }
  // one buffer for all reads: half the work of a stream that gives each its own
  const buffer = Buffer.allocUnsafe(READ_BUFFER)
  const callback = (size: number) => {
    take(buffer.subarray(0, size))
    return true
  }
  return connectTcp({ host, port, onread: { buffer, callback } })
}

const FAILURES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'timeout',
}

export const failureOf = (error: NodeJS.ErrnoException) =>
  FAILURES[error.code ?? ''] ?? error.code ?? error.message
