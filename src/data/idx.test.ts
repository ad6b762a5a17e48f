import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { idxBytes } from '../../test/support/idx-files.ts'
import { gunzipIfNeeded, readIdx, readIdxLabels } from './idx.ts'

const images = new Uint8Array(
  idxBytes(
    [2, 3, 4],
    Uint8Array.from({ length: 24 }, (_, i) => i),
  ),
)
const labels = new Uint8Array(idxBytes([4], Uint8Array.of(0, 1, 2, 1)))

function failure(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  return undefined
}

describe('readIdx', () => {
  it('reads shape and values', () => {
    const { shape, data } = readIdx('x', images, 3)
    expect(shape).toEqual([2, 3, 4])
    expect([...data.subarray(0, 3), data[23]]).toEqual([0, 1, 2, 23])
  })

  it('names file, offset, got and wanted for a file cut off in its data', () => {
    expect(failure(() => readIdx('x-images', images.slice(0, 30), 3))).toMatchObject({
      code: 'DATA_CORRUPT',
      message: expect.stringContaining('cut off'),
      data: { file: 'x-images', offset: 16, got: 14, wanted: 24 },
    })
  })

  it('refuses a file cut off in its header', () => {
    expect(failure(() => readIdx('x', images.slice(0, 9), 3))).toMatchObject({
      code: 'DATA_CORRUPT',
      data: { got: 9, wanted: 16 },
    })
  })

  it('refuses trailing bytes', () => {
    const longer = new Uint8Array([...images, 7])
    expect(failure(() => readIdx('x', longer, 3))).toMatchObject({
      message: expect.stringContaining('trail'),
      data: { got: 25, wanted: 24 },
    })
  })

  it('refuses a wrong magic: labels are not images', () => {
    expect(failure(() => readIdx('x', new Uint8Array([...labels, ...labels]), 3))).toMatchObject({
      data: { offset: 0, got: '0x00000801', wanted: '0x00000803' },
    })
  })
})

describe('readIdxLabels', () => {
  it('reads labels', () => {
    expect([...readIdxLabels('x', labels, { count: 4, classes: 3 })]).toEqual([0, 1, 2, 1])
  })

  it('refuses a label out of range, with its offset', () => {
    expect(failure(() => readIdxLabels('x', labels, { count: 4, classes: 2 }))).toMatchObject({
      code: 'DATA_CORRUPT',
      data: { offset: 10, got: 2, wanted: '0-1' },
    })
  })

  it('refuses another count than there are images', () => {
    expect(failure(() => readIdxLabels('x', labels, { count: 5, classes: 3 }))).toMatchObject({
      data: { got: 4, wanted: 5 },
    })
  })
})

describe('gunzipIfNeeded', () => {
  it('goes by the content, not the name', () => {
    expect(gunzipIfNeeded('plain.gz', images)).toEqual(images)
    expect(new Uint8Array(gunzipIfNeeded('packed', gzipSync(images)))).toEqual(images)
  })

  it('refuses gzip data that is cut off', () => {
    const cut = gzipSync(images).subarray(0, 20)
    expect(failure(() => gunzipIfNeeded('x.gz', cut))).toMatchObject({ code: 'DATA_CORRUPT' })
  })
})
