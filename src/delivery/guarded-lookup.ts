import { type LookupAddress, lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { promisify } from 'node:util'
import { refusalOf } from './address-guard.ts'

/** Nothing may be sent there. */
export class AddressRefused extends Error {}

/** As `dns.lookup`, but a name with one forbidden address has none. */
export function guardedLookup(allowPrivate: boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '')
      const refusal = refusalOfAny(addresses, allowPrivate)
      if (refusal !== undefined) return callback(new AddressRefused(refusal), '')
      const [first] = addresses as [LookupAddress, ...LookupAddress[]]
      if (options.all) return callback(null, addresses)
      return callback(null, first.address, first.family)
    })
  }
}

/** The address of a name, or of an address written in any way. Throws AddressRefused. */
export async function allowedAddress(host: string, allowPrivate: boolean): Promise<string> {
  const addresses = await promisify(lookup)(host, { all: true })
  const refusal = refusalOfAny(addresses, allowPrivate)
  if (refusal !== undefined) throw new AddressRefused(refusal)
  return addresses[0]!.address
}

function refusalOfAny(addresses: readonly LookupAddress[], allowPrivate: boolean) {
  return addresses
    .map(({ address }) => refusalOf(address, allowPrivate))
    .find((reason) => reason !== undefined)
}
