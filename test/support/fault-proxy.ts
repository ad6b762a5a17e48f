/** A proxy before an HTTP server that does to connections what networks and busy services do, by a seed. */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom, type Random } from '../../src/core/index.ts'
import { bodyOf } from './object-bucket-model.ts'

export type Fault =
  | 'status'
  | 'reset'
  | 'lost answer'
  | 'cut'
  | 'short'
  | 'slow'
  | 'stall'
  | 'flipped answer'
  | 'flipped request'

export interface FaultProxy {
  readonly url: string
  /** What was done so far, in order. */
  readonly faults: readonly Fault[]
  /** From now on all is passed as it is. */
  calm(): void
  close(): Promise<void>
}

const KINDS: readonly Fault[] = [
  'status',
  'reset',
  'lost answer',
  'cut',
  'short',
  'slow',
  'stall',
  'flipped answer',
  'flipped request',
]
const STATUS = [500, 502, 503, 504, 429] as const
/** In smaller bodies a wrong byte would hit what describes the bytes, which only encryption protects. */
const DATA_BYTES = 4096

interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/** Spoils about `rate` of all requests; a service that is busy stays so for a few of them. */
export async function startFaultProxy(
  target: string,
  seed: number,
  rate = 0.4,
): Promise<FaultProxy> {
  const random = createRandom(seed, 'shuffle')
  const faults: Fault[] = []
  let calm = false
  let busy = 0
  const choose = (): Fault | undefined => {
    if (calm) return undefined
    if (busy > 0) return --busy >= 0 ? 'status' : undefined
    if (random.uniform() >= rate) return undefined
    const fault = KINDS[random.integer(KINDS.length)]!
    if (fault === 'status') busy = random.integer(3)
    return fault
  }
  const server = createServer((incoming, outgoing) => {
    const fault = choose()
    if (fault !== undefined) faults.push(fault)
    pass({ target, random, incoming, outgoing }, fault).catch(() => outgoing.socket?.destroy())
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    calm() {
      calm = true
    },
    async close() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

interface Exchange {
  readonly target: string
  readonly random: Random
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
}

async function pass(exchange: Exchange, fault: Fault | undefined): Promise<void> {
  const { random, incoming, outgoing } = exchange
  if (fault === 'reset') return void incoming.socket.destroy()
  const body = await bodyOf(incoming)
  if (body === undefined) return
  if (fault === 'status') {
    const status = STATUS[random.integer(STATUS.length)]!
    return void outgoing.writeHead(status, { 'retry-after': '0' }).end('busy')
  }
  if (fault === 'flipped request' && body.length >= DATA_BYTES) flip(body, random)
  const answer = await forward(exchange, body)
  if (fault === 'lost answer') return void incoming.socket.destroy()
  await answerWith(exchange, answer, fault)
}

async function answerWith({ random, incoming, outgoing }: Exchange, answer: Answer, fault?: Fault) {
  const { status, headers, body } = answer
  const isData = incoming.method === 'GET' && status < 300 && body.length >= DATA_BYTES
  if (fault === 'flipped answer' && isData) flip(body, random)
  const short = fault === 'short' && isData
  const { 'content-length': _length, 'transfer-encoding': _coding, ...rest } = headers
  outgoing.writeHead(status, short ? rest : { ...rest, ...lengthOf(incoming, answer) })
  const part = body.subarray(0, random.integer(body.length + 1))
  if (short) return outgoing.end(part)
  if (fault === 'cut') return outgoing.write(part, () => setTimeout(() => outgoing.destroy(), 5))
  // until the other side has had enough
  if (fault === 'stall') return outgoing.write(part)
  if (fault === 'slow') {
    const step = Math.ceil(body.length / 5) + 1
    for (let at = 0; at < body.length; at += step) {
      outgoing.write(body.subarray(at, at + step))
      await sleep(10)
    }
    return outgoing.end()
  }
  return outgoing.end(body)
}

/** An answer to HEAD tells the length of what it does not send. */
function lengthOf({ method }: IncomingMessage, { headers, body, status }: Answer) {
  if (status === 204) return {}
  const told = headers['content-length']
  return { 'content-length': method === 'HEAD' && told !== undefined ? told : body.length }
}

/** In the second half: before it may lie a head that says what the bytes are. */
function flip(bytes: Buffer, random: Random): void {
  const half = Math.floor(bytes.length / 2)
  const at = half + random.integer(half - 200)
  bytes[at]! ^= 1 << random.integer(8)
}

function forward({ target, incoming }: Exchange, body: Buffer): Promise<Answer> {
  return new Promise((done, fail) => {
    const { 'transfer-encoding': _coding, ...headers } = incoming.headers
    const outgoing = request(
      `${target}${incoming.url}`,
      { method: incoming.method, headers: { ...headers, 'content-length': body.length } },
      async (answer) => {
        const whole = await bodyOf(answer)
        if (whole === undefined) fail(new Error('the target broke off'))
        else done({ status: answer.statusCode!, headers: answer.headers, body: whole })
      },
    )
    outgoing.once('error', fail)
    outgoing.end(body)
  })
}
