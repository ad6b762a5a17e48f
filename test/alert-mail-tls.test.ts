/** Mail over TLS from a process of its own: whom it trusts is decided when a process starts. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { UndeliveredAlert } from '../src/contracts/index.ts'
import { type MailServerOptions, mailServer } from './support/alert-receivers.ts'
import { runAtelier } from './support/atelier-process.ts'
import { type Authority, createAuthority, missingOpenssl } from './support/certificates.ts'
import { FULL } from './support/only-in-full.ts'

const SECRETS = { MAIL_USER: 'atelier', MAIL_PASSWORD: 'pass word' }
const login = { user: SECRETS.MAIL_USER, password: SECRETS.MAIL_PASSWORD }
const missing = FULL ? missingOpenssl() : ' (left out: ATELIER_TEST=full runs it)'

describe.skipIf(missing !== '')(`alerts by mail over TLS${missing}`, () => {
  let folder = ''
  let authority: Authority
  let stranger: Authority
  const closing: (() => unknown)[] = []
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'atelier-mail-'))
    authority = createAuthority(folder, 'ours')
    stranger = createAuthority(folder, 'another')
  })
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  /** A project whose newest prediction is old, and who hears of it by mail. */
  async function projectWith(host: string, options: MailServerOptions) {
    const server = await mailServer({ login, host, ...options })
    closing.push(server.close)
    const project = mkdtempSync(join(folder, 'project-'))
    mkdirSync(join(project, 'conf/alerts'), { recursive: true })
    const mail = {
      ...{
        type: 'email',
        host,
        port: server.port,
        tls: options.implicit ? 'implicit' : 'starttls',
      },
      ...{ user_env: 'MAIL_USER', password_env: 'MAIL_PASSWORD', allow_private: true },
      ...{ from: 'atelier@example.org', to: ['ada@example.org'] },
    }
    const rules = { quiet: { signal: 'silence', above: 1, severity: 'critical' } }
    const alerts = { after: 1, clear: 1, repeat_hours: null, rules, routes: { mail } }
    writeFileSync(join(project, 'conf/alerts/default.yaml'), JSON.stringify(alerts))
    const rows = Array.from(
      { length: 30 },
      (_, at) => `2026-01-01T00:00:${at + 10}Z,0.${at},1.${at}`,
    )
    const table = ['timestamp,avg_brightness,contrast', ...rows, ''].join('\n')
    for (const name of ['log.csv', 'ref.csv']) writeFileSync(join(project, name), table)
    return { project, mails: server.mails }
  }

  const atelier = (project: string, args: readonly string[], trusted?: Authority) =>
    runAtelier(project, ['monitor', ...args], {
      env: { ...SECRETS, ...(trusted && { NODE_EXTRA_CA_CERTS: trusted.path }) },
    })
  const check = (project: string, trusted?: Authority) =>
    atelier(project, ['check', '--alert', '-l', 'log.csv', '-r', 'ref.csv'], trusted)

  it.each([
    ['STARTTLS', 'localhost', false],
    ['implicit TLS', 'localhost', true],
    ['implicit TLS at an address', '127.0.0.1', true],
  ])('go to a server of an authority that is trusted, by %s', async (_, host, implicit) => {
    const certificate = authority.certificateOf('DNS:localhost,IP:127.0.0.1')
    const { project, mails } = await projectWith(host, { certificate, implicit })
    const { stderr } = await check(project, authority)
    expect(stderr).not.toContain('was not told')
    expect(mails).toMatchObject([{ secure: true, user: 'atelier', to: ['ada@example.org'] }])
  })

  it.each([
    ['of another authority', false, 'DNS:localhost', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['of another name', true, 'DNS:mail.example.org', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])(
    'refuse a certificate %s, say so, and go once it is right',
    async (_, implicit, names, code) => {
      const isStranger = code !== 'ERR_TLS_CERT_ALTNAME_INVALID'
      const certificate = (isStranger ? stranger : authority).certificateOf(names)
      const { project, mails } = await projectWith('localhost', { certificate, implicit })
      const { stderr } = await check(project, authority)
      const outcome = `no valid certificate (${code}); for an authority of your own set NODE_EXTRA_CA_CERTS`
      expect(stderr).toContain(`mail was not told: ${outcome}`)
      const { stdout } = await atelier(project, ['alerts', '--deliveries', '--json'])
      const { undelivered } = JSON.parse(stdout) as { readonly undelivered: UndeliveredAlert[] }
      expect(undelivered).toMatchObject([
        { route: 'mail', state: 'pending', outcome, kind: 'fired' },
      ])
      expect([stderr, stdout].join()).not.toContain(SECRETS.MAIL_PASSWORD)
      const again = await atelier(project, ['alerts', '--resend'], stranger)
      expect(again.code).toBe(isStranger ? 0 : 1)
      expect(mails.map(({ secure }) => secure)).toEqual(isStranger ? [true] : [])
    },
  )
})
