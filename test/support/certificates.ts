/** A certificate authority of a test, and servers' certificates of it, made by openssl. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Why tests that need certificates are left out, for their title; empty where they run. */
export function missingOpenssl(): string {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return ''
  } catch {
    return ' (left out: openssl is not installed)'
  }
}

export interface Authority {
  /** PEM file of its certificate, for NODE_EXTRA_CA_CERTS. */
  readonly path: string
  /** `names` as in `DNS:localhost,IP:127.0.0.1`. */
  certificateOf(names: string): { readonly key: Buffer; readonly cert: Buffer }
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

export function createAuthority(folder: string, name: string): Authority {
  const at = (file: string) => join(folder, `${name}-${file}`)
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' })
  const ca = ['-keyout', at('ca.key'), '-out', at('ca.pem')]
  openssl('req', '-x509', ...KEY, ...ca, '-subj', `/CN=${name}`, '-days', '1')
  let count = 0
  return {
    path: at('ca.pem'),
    certificateOf: (names) => {
      const [key, request, cert, extra] = ['key', 'csr', 'pem', 'ext'].map((ending) =>
        at(`${count}.${ending}`),
      ) as [string, string, string, string]
      count++
      openssl('req', ...KEY, '-keyout', key, '-out', request, '-subj', '/CN=server')
      writeFileSync(extra, `subjectAltName=${names}\n`)
      const signer = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial']
      openssl(
        'x509',
        '-req',
        '-in',
        request,
        ...signer,
        '-extfile',
        extra,
        '-out',
        cert,
        '-days',
        '1',
      )
      return { key: readFileSync(key), cert: readFileSync(cert) }
    },
  }
}
