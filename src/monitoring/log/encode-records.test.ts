import { describe, expect, it } from 'vitest'
import { EXAMPLE_MODEL, predictionRecord } from '../../../test/support/prediction-example.ts'
import {
  encodeRecords,
  type FrameHeader,
  frameHeader,
  readFrame,
  rowsOfFrames,
} from './encode-records.ts'
import { toRecords } from './prediction-rows.ts'

const NOW = 1_795_000_000_000
const records = Array.from({ length: 6 }, (_, i) => predictionRecord(i, NOW + i))

const recordsOf = (bytes: Buffer, before?: FrameHeader) =>
  toRecords(rowsOfFrames([readFrame(bytes, before)]))

describe('encodeRecords', () => {
  it('is read back', () => {
    const header = frameHeader(records, undefined)
    const bytes = encodeRecords(records, header, undefined)
    expect(readFrame(bytes, undefined).header).toEqual(header)
    expect(recordsOf(bytes)).toEqual(records)
  })

  it('leaves out a header that is that of the frame before', () => {
    const first = frameHeader(records, undefined)
    const next = frameHeader(records.slice(2), first)
    const bytes = encodeRecords(records.slice(2), next, first)
    expect(next).toBe(first)
    expect(bytes.length).toBeLessThan(4 * 100)
    expect(recordsOf(bytes, first)).toEqual(records.slice(2))
    expect(() => readFrame(bytes, undefined)).toThrow(/without a header/)
  })

  it.each([
    ['another model', { model: { ...EXAMPLE_MODEL } }],
    ['another format', { image: { width: 1, height: 1, format: 'webp' } }],
    ['another feature', { features: { avg_brightness: 0, contrast: 0, entropy: 1 } }],
    ['fewer features', { features: { avg_brightness: 0 } }],
  ])('writes a new one for %s', (_, change) => {
    const first = frameHeader(records, undefined)
    const changed = [{ ...records[0]!, ...change }]
    const header = frameHeader(changed, first)
    expect(header).not.toBe(first)
    expect(recordsOf(encodeRecords(changed, header, first), first)).toEqual(changed)
  })

  it('goes into one set of columns with frames of other formats', () => {
    const other = records.map((record) => ({
      ...record,
      image: { ...record.image, format: 'webp' },
    }))
    const frames = [records, other].map((some) =>
      readFrame(encodeRecords(some, frameHeader(some, undefined), undefined), undefined),
    )
    expect(toRecords(rowsOfFrames(frames))).toEqual([...records, ...other])
  })

  it('refuses a frame that ends early', () => {
    const header = frameHeader(records, undefined)
    const bytes = encodeRecords(records, header, undefined)
    expect(() => readFrame(bytes.subarray(0, bytes.length - 9), undefined)).toThrow(RangeError)
  })
})
