import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { AtelierError } from '../core/index.ts'
import { type Address, failureOf, openSocket } from './load-connection.ts'
import type { LoadPlan } from './load-plan.ts'

/**
 * Looks the service's name up and connects once, so that what is wrong is said before the load.
 * Throws `LOAD_UNREACHABLE`.
 */
export async function reachTarget(plan: LoadPlan): Promise<Address> {
  const { url } = plan
  const tls = url.protocol === 'https:'
  const name = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const servername = isIP(name) === 0 ? name : undefined
  const address: Address = {
    host: await lookUp(name),
    port: url.port === '' ? (tls ? 443 : 80) : Number(url.port),
    tls: tls ? { servername, insecure: plan.insecure === true } : false,
  }
  await connectOnce(address, plan)
  return address
}

async function lookUp(name: string): Promise<string> {
  if (isIP(name) !== 0) return name
  try {
    return (await lookup(name)).address
  } catch (cause) {
    throw new AtelierError(
      'LOAD_UNREACHABLE',
      `The name ${name} is not known (${codeOf(cause)}).`,
      {
        hint: 'Look for a typing error in the address, or whether this machine reaches the network.',
        cause,
      },
    )
  }
}

function connectOnce(address: Address, { url, timeout }: LoadPlan): Promise<void> {
  return new Promise((done, fail) => {
    const socket = openSocket(address, () => {})
    const refuse = (why: string, cause?: unknown) => {
      clearTimeout(timer)
      socket.destroy()
      const hint = /CERT|SELF_SIGNED|ISSUER/.test(why)
        ? 'Set NODE_EXTRA_CA_CERTS to the certificate of its authority, or add --insecure.'
        : 'Look whether the service runs, at this address and port.'
      fail(
        new AtelierError('LOAD_UNREACHABLE', `${url.origin} takes no connection: ${why}.`, {
          hint,
          cause,
        }),
      )
    }
    const timer = setTimeout(() => refuse(`no answer within ${timeout} s`), 1000 * timeout)
    socket.once('error', (error) => refuse(failureOf(error), error))
    socket.once(address.tls === false ? 'connect' : 'secureConnect', () => {
      clearTimeout(timer)
      socket.destroy()
      done()
    })
  })
}

const codeOf = (cause: unknown) => (cause as NodeJS.ErrnoException).code ?? String(cause)
