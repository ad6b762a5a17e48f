/** Servers on this machine that speak the protocols of alert routes. */
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'

export interface Received {
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Receiver {
  readonly url: string
  readonly received: Received[]
  /** What it answers from now on. */
  answer(status: number): void
  close(): void
}

/** Takes POSTs, as webhooks, Slack and PagerDuty do. */
export async function httpReceiver(first = 200, port = 0): Promise<Receiver> {
  const received: Received[] = []
  let status = first
  const server = createServer(async (request, response) => {
    const { url = '', headers } = request
    received.push({ url, headers, body: await text(request) })
    response.writeHead(status).end('ok')
  })
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answer: (next) => {
      status = next
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

export interface ReceivedMail {
  readonly user: unknown
  readonly secure: boolean
  readonly from: string
  readonly to: readonly string[]
  readonly text: string
}

export interface MailServerOptions {
  readonly login?: { readonly user: string; readonly password: string }
  /** Refuses every mail with this code. */
  readonly refuse?: number
  /** What it shows, PEM; without it, a certificate of its own that nobody trusts. */
  readonly certificate?: { readonly key: Buffer; readonly cert: Buffer }
  /** Encrypted from the first byte; without it, it offers STARTTLS. */
  readonly implicit?: boolean
  readonly host?: string
}

/** An SMTP server with TLS and a login. */
export async function mailServer(options: MailServerOptions = {}) {
  const { login, refuse, certificate, implicit = false, host = '127.0.0.1' } = options
  const mails: ReceivedMail[] = []
  const server = new SMTPServer({
    authOptional: login === undefined,
    secure: implicit,
    ...certificate,
    // in a test, passwords may go over loopback in the clear
    allowInsecureAuth: true,
    logger: false,
    onAuth: ({ username, password }, _, done) => {
      const isRight = username === login?.user && password === login?.password
      if (isRight) done(null, { user: username ?? '' })
      else done(Object.assign(new Error('no such login'), { responseCode: 535 }))
    },
    onRcptTo: (_, __, done) =>
      refuse === undefined
        ? done()
        : done(Object.assign(new Error('not here'), { responseCode: refuse })),
    onData: (stream, session, done) => {
      void text(stream).then((content) => {
        const { mailFrom, rcptTo } = session.envelope
        mails.push({
          user: session.user,
          secure: session.secure,
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          text: content,
        })
        done()
      })
    },
  })
  // a client that does not trust the certificate goes away
  server.on('error', () => {})
  await new Promise<void>((done) => server.listen(0, host, done))
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    close: () => new Promise<void>((done) => server.close(done)),
  }
}
