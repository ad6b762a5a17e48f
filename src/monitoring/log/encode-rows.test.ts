import { describe, expect, it } from 'vitest'
import { EXAMPLE_MODEL, predictionRecord } from '../../../test/support/prediction-example.ts'
import { decodeRows, encodeRows } from './encode-rows.ts'
import { filterRows, isSameKind, joinRows, toRecords, toRows } from './prediction-rows.ts'

const NOW = 1_795_000_000_000
const records = Array.from({ length: 7 }, (_, i) => predictionRecord(i, NOW + i))

describe('prediction rows', () => {
  it('give the records back', () => {
    expect(toRecords(toRows(records))).toEqual(records)
  })

  it('join, whatever order their formats were met in', () => {
    const parts = [records.slice(1, 2), records.slice(2, 7), records.slice(0, 1)].map(toRows)
    const wanted = [records[1], ...records.slice(2), records[0]]
    expect(toRecords(joinRows(parts))).toEqual(wanted)
  })

  it('can be picked', () => {
    const picked = filterRows(toRows(records), (row) => row % 3 === 1)
    expect(toRecords(picked)).toEqual([records[1], records[4]])
  })

  it('are of another kind when model or features differ', () => {
    const [first] = records
    const other = { ...first!, model: { ...EXAMPLE_MODEL, version: 4 } }
    const more = { ...first!, features: { ...first!.features, entropy: 3 } }
    expect(isSameKind(toRows(records), toRows(records.slice(3)))).toBe(true)
    expect(isSameKind(toRows(records), toRows([other]))).toBe(false)
    expect(isSameKind(toRows(records), toRows([more]))).toBe(false)
  })
})

describe('encodeRows', () => {
  it.each([1, 2, 7])('is read back, %i rows, wherever the bytes begin', (count) => {
    const bytes = encodeRows(toRows(records.slice(0, count)))
    for (const offset of [0, 1, 8]) {
      const shifted = new Uint8Array(bytes.length + offset)
      shifted.set(bytes, offset)
      expect(toRecords(decodeRows(shifted.subarray(offset)))).toEqual(records.slice(0, count))
    }
  })

  it('refuses bytes that end early', () => {
    const bytes = encodeRows(toRows(records))
    expect(() => decodeRows(bytes.subarray(0, bytes.length - 64))).toThrow()
  })
})
