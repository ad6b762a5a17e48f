import { describe, expect, it } from 'vitest'
import { refusalOf } from './address-guard.ts'

const PUBLIC = [
  '1.1.1.1',
  '93.184.216.34',
  '172.32.0.1',
  '100.128.0.1',
  '2606:4700::1111',
  '::ffff:1.1.1.1',
]
const PRIVATE = [
  ...['127.0.0.1', '127.255.0.9', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  ...['100.64.0.1', '198.18.0.1', '::1', 'fc00::1', 'fd12:3456::1', '::ffff:127.0.0.1'],
  ...['::ffff:7f00:1', '::127.0.0.1', '0:0:0:0:0:ffff:10.0.0.1', '0000::0001'],
]
const FORBIDDEN = [
  ...['0.0.0.0', '169.254.169.254', '169.254.0.1', '100.100.100.200', '224.0.0.1', '240.0.0.1'],
  ...['255.255.255.255', '192.0.0.170', '203.0.113.7', '::', 'fe80::1', 'fe80::1%eth0', 'ff02::1'],
  ...['fd00:ec2::254', '64:ff9b::a9fe:a9fe', '2002:a9fe:a9fe::1', '2001:0:1::1', '2001:db8::1'],
  ...['::ffff:169.254.169.254', '::ffff:a9fe:a9fe', '::169.254.169.254', 'localhost', ''],
]

describe('refusalOf', () => {
  it.each(PUBLIC)('lets %s pass', (address) => {
    expect(refusalOf(address, false)).toBeUndefined()
    expect(refusalOf(address, true)).toBeUndefined()
  })

  it.each(PRIVATE)('wants %s to be allowed', (address) => {
    expect(refusalOf(address, false)).toMatch(/private/)
    expect(refusalOf(address, true)).toBeUndefined()
  })

  it.each(FORBIDDEN)('never lets %j pass', (address) => {
    expect(refusalOf(address, false)).toBeDefined()
    expect(refusalOf(address, true)).toBeDefined()
  })
})
