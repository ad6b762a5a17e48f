import { BlockList, isIP } from 'node:net'

type Range = readonly [address: string, bits: number]

/** Never: what lies on the same wire, cloud metadata, many at once, nobody, or an address in disguise. */
const FORBIDDEN: readonly Range[] = [
  ...([
    ['0.0.0.0', 8],
    ['169.254.0.0', 16],
    ['100.100.100.200', 32],
    ['192.0.0.0', 24],
  ] as const),
  ...([
    ['192.0.2.0', 24],
    ['192.88.99.0', 24],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
  ] as const),
  ...([
    ['224.0.0.0', 4],
    ['240.0.0.0', 4],
  ] as const),
  ...([
    ['::', 128],
    ['fe80::', 10],
    ['fec0::', 10],
    ['fd00:ec2::254', 128],
    ['ff00::', 8],
  ] as const),
  // IPv4 inside IPv6, discard, documentation
  ...([
    ['64:ff9b::', 96],
    ['64:ff9b:1::', 48],
    ['100::', 64],
    ['2001::', 23],
  ] as const),
  ...([
    ['2001:db8::', 32],
    ['2002::', 16],
  ] as const),
]

/** Only where it is allowed: this machine and networks that are not the internet. */
const PRIVATE: readonly Range[] = [
  ...([
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['172.16.0.0', 12],
  ] as const),
  ...([
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['::1', 128],
    ['fc00::', 7],
  ] as const),
]

/** Why nothing may be sent to an IP address; undefined: it may. */
export function refusalOf(address: string, allowPrivate: boolean): string | undefined {
  const plain = withoutDisguise(address)
  if (isIP(plain) === 0) return `${address} is no address`
  if (contains(FORBIDDEN, plain)) return `${address} is link-local, metadata, or reserved`
  if (!allowPrivate && contains(PRIVATE, plain)) return `${address} is a private address`
  return undefined
}

/** `::ffff:127.0.0.1`, `::ffff:7f00:1` and `::127.0.0.1` are IPv4 addresses in the dress of IPv6. */
function withoutDisguise(address: string): string {
  if (isIP(address) !== 6) return address
  // the URL parser writes an address in its one short form
  const short = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1)
  const [, high, low] = /^::(?:ffff:)?([\da-f]{1,4}):([\da-f]{1,4})$/.exec(short) ?? []
  if (high === undefined || low === undefined) return short
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)]
  return [a >> 8, a & 255, b >> 8, b & 255].join('.')
}

function contains(ranges: readonly Range[], address: string): boolean {
  const family = isIP(address) === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  for (const [base, bits] of ranges) {
    const of = isIP(base) === 4 ? 'ipv4' : 'ipv6'
    if (of === family) list.addSubnet(base, bits, of)
  }
  return list.check(address, family)
}
