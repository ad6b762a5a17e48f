import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { arrayConstructors, type DType } from './dtype.ts'
import { readSafetensors, writeSafetensors } from './safetensors.ts'
import { type Tensor, tensor, zeros } from './tensor.ts'

let folder: string
let path: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-safetensors-'))
  path = join(folder, 'file.safetensors')
})
afterAll(() => rm(folder, { recursive: true }))

interface Golden {
  readonly files: readonly {
    readonly title: string
    readonly bytes: string
    readonly tensors: Described
    readonly metadata: Readonly<Record<string, string>>
  }[]
  readonly malformed: readonly {
    readonly title: string
    readonly bytes: string
    readonly refused: boolean
  }[]
}

// read, not imported: a module would take the key __proto__ for the prototype
const golden = JSON.parse(
  readFileSync(new URL('../../test/golden/safetensors-files.json', import.meta.url), 'utf8'),
) as Golden

type Described = Readonly<
  Record<string, { readonly dtype: string; readonly shape: number[]; readonly data: number[] }>
>

function tensorsOf(described: Described): Map<string, Tensor> {
  return new Map(
    Object.entries(described).map(([name, { dtype, shape, data }]) => {
      const value = zeros(dtype as DType, shape)
      for (const [i, number] of data.entries()) {
        value.data[i] = (dtype === 'int64' ? BigInt(number) : number) as never
      }
      return [name, value]
    }),
  )
}

const files = golden.files.map((file) => ({
  title: file.title,
  bytes: Buffer.from(file.bytes, 'base64'),
  tensors: tensorsOf(file.tensors),
  metadata: file.metadata,
}))

describe('readSafetensors', () => {
  it.each(files)('reads what the Python package wrote: $title', async (file) => {
    await writeFile(path, file.bytes)
    expect(await readSafetensors(path)).toEqual({ tensors: file.tensors, metadata: file.metadata })
  })

  it.each(golden.malformed)('refuses, as the Python package does, $title', async (file) => {
    await writeFile(path, Buffer.from(file.bytes, 'base64'))
    expect(file.refused).toBe(true)
    await expect(readSafetensors(path)).rejects.toThrow(
      expect.objectContaining({ code: 'TENSOR_FILE', data: { path } }),
    )
  })

  it('refuses a file cut at any byte', async () => {
    const whole = files.find(({ title }) => title === 'every type')!.bytes
    for (let length = 0; length < whole.length; length += 13) {
      await writeFile(path, whole.subarray(0, length))
      await expect(readSafetensors(path)).rejects.toThrow(
        expect.objectContaining({ code: 'TENSOR_FILE' }),
      )
    }
  })

  it('copies tensors that are not aligned', async () => {
    const header =
      '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F64","shape":[1],"data_offsets":[1,9]}}'
    const bytes = Buffer.alloc(8 + header.length + 9)
    bytes.writeBigUInt64LE(BigInt(header.length))
    bytes.write(header, 8)
    bytes.writeUInt8(7, 8 + header.length)
    bytes.writeDoubleLE(-1.25, 9 + header.length)
    await writeFile(path, bytes)
    const { tensors } = await readSafetensors(path)
    expect([...tensors.get('a')!.data, ...tensors.get('b')!.data]).toEqual([7, -1.25])
  })

  it('leaves a missing file to the caller', async () => {
    await expect(readSafetensors(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('writeSafetensors', () => {
  it.each(files)('round-trips: $title', async ({ tensors, metadata }) => {
    await writeSafetensors(path, Object.fromEntries(tensors), metadata)
    expect(await readSafetensors(path)).toEqual({ tensors, metadata })
  })

  const simple = files.filter(({ tensors }) => {
    const dtypes = [...tensors.values()].map(({ dtype }) => dtype)
    return new Set(dtypes).size <= 1
  })
  it.each(simple)('writes the bytes of the Python package: $title', async (file) => {
    await writeSafetensors(path, Object.fromEntries(file.tensors), file.metadata)
    expect(await readFile(path)).toEqual(file.bytes)
  })

  it('keeps NaN, infinities, −0 and extremes to the bit', async () => {
    const float32 = Float32Array.of(
      Number.NaN,
      Infinity,
      -Infinity,
      -0,
      1e-45,
      3.4028234663852886e38,
    )
    const int64 = BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n)
    const written = { float32: tensor('float32', [6], float32), int64: tensor('int64', [2], int64) }
    await writeSafetensors(path, written)
    const { tensors } = await readSafetensors(path)
    for (const [name, { data }] of Object.entries(written)) {
      const bytes = (array: ArrayBufferView) =>
        Buffer.from(array.buffer, array.byteOffset, array.byteLength)
      expect(bytes(tensors.get(name)!.data)).toEqual(bytes(data))
    }
  })

  it('writes a view of a larger buffer alone, and aligns every tensor', async () => {
    const large = Float32Array.from({ length: 100 }, (_, i) => i)
    const all = Object.keys(arrayConstructors).map((dtype) => [dtype, zeros(dtype as DType, [3])])
    const view = tensor('float32', [2], large.subarray(10, 12))
    await writeSafetensors(path, { ...Object.fromEntries(all), view })
    const { tensors } = await readSafetensors(path)
    expect([...tensors.get('view')!.data]).toEqual([10, 11])
    const buffers = [...tensors.values()].map(({ data }) => data.buffer)
    expect(new Set(buffers).size).toBe(1)
  })
})
