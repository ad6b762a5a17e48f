import { isIPv6 } from 'node:net'
import type { Clock } from '../../core/index.ts'

/** Addresses that are remembered: a flood from many more than these is not one this can hold. */
const MOST_ADDRESSES = 20_000
const MINUTE = 60_000

interface Bucket {
  tokens: number
  time: number
}

/**
 * Seconds that an address must wait before its next request; 0: none. Each address has a minute's
 * worth of requests, which comes back evenly.
 */
export function rateLimiter(perMinute: number, clock: Clock): (address: string) => number {
  const buckets = new Map<string, Bucket>()
  return (address) => {
    const key = networkOf(address)
    const now = clock.monotonic()
    const bucket = buckets.get(key) ?? { tokens: perMinute, time: now }
    bucket.tokens = Math.min(perMinute, bucket.tokens + ((now - bucket.time) * perMinute) / MINUTE)
    bucket.time = now
    // the map is in the order of last use, so that who is forgotten has been quiet longest
    buckets.delete(key)
    buckets.set(key, bucket)
    if (buckets.size > MOST_ADDRESSES) buckets.delete(buckets.keys().next().value!)
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1
      return 0
    }
    return ((1 - bucket.tokens) * MINUTE) / perMinute / 1000
  }
}

/** A home has 2^64 addresses of IPv6: they count as one. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address
  const [head = '', tail = ''] = address.split('::')
  const groups = head.split(':').filter(Boolean)
  const rest = tail.split(':').filter(Boolean)
  const zeros = Array.from({ length: 8 - groups.length - rest.length }, () => '0')
  const all = address.includes('::') ? [...groups, ...zeros, ...rest] : groups
  return all.slice(0, 4).join(':')
}
