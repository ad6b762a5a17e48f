/** HTTP as bytes, for what no client would send. */
import { connect, type Socket } from 'node:net'

export interface RawAnswer {
  /** 0 when the connection ended without an answer. */
  readonly status: number
  readonly head: string
  readonly body: string
  readonly milliseconds: number
}

/** Sends the text and waits until the server ends the connection, or has been quiet for a while. */
export function sendRaw(url: string, text: string | Buffer, quietMs = 300): Promise<RawAnswer> {
  return openRaw(url, (socket) => socket.write(text), quietMs)
}

/** As `sendRaw`, writing what and when it likes; without `quietMs` only the server's end counts. */
export function openRaw(
  url: string,
  write: (socket: Socket) => void,
  quietMs?: number,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url)
  const began = performance.now()
  return new Promise((done) => {
    let text = ''
    const socket = connect(Number(port), hostname, () => write(socket))
    const finish = () => {
      socket.destroy()
      const [head = '', ...rest] = text.split('\r\n\r\n')
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0)
      const milliseconds = performance.now() - began
      done({ status, head, body: rest.join('\r\n\r\n'), milliseconds })
    }
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (quietMs !== undefined) socket.setTimeout(quietMs, finish)
    })
    socket.on('error', () => {})
    socket.on('close', finish)
  })
}
