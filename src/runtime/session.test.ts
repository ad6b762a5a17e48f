import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { add, cast, input, mul, reduceSum, relu, scalar } from '../graph/index.ts'
import { toOnnx } from '../onnx/index.ts'
import { type DType, type Tensor, tensor, zeros } from '../tensor/index.ts'
import { detectBlockSize } from './block-size.ts'
import { openSession } from './session.ts'

const x = input('x', [4])
const y = input('y', [4])
const { bytes: model } = toOnnx({
  name: 'session-test',
  outputs: { sum: add(x, y), scaled: mul(relu(x), scalar(3)), total: reduceSum(x, [0]) },
})

const floats = (...values: number[]) =>
  tensor('float32', [values.length], Float32Array.from(values))

describe('openSession', () => {
  it('lists inputs and outputs and computes', async () => {
    const session = await openSession(model, { threads: 1 })
    expect([session.inputs, session.outputs]).toEqual([
      ['x', 'y'],
      ['sum', 'scaled', 'total'],
    ])
    const result = await session.run({ x: floats(-1, 0, 1, 2), y: floats(1, 1, 1, 1) })
    expect(result).toEqual({
      sum: floats(0, 1, 2, 3),
      scaled: floats(0, 0, 3, 6),
      total: tensor('float32', [], Float32Array.of(2)),
    })
    await session.close()
  })

  it('gives equal results run after run, and new memory to each', async () => {
    const session = await openSession(model, { threads: 2 })
    const feeds = { x: floats(0.1, 0.2, 0.3, 0.4), y: floats(1e-8, 1e8, -1, 7) }
    const first = await session.run(feeds)
    const second = await session.run(feeds)
    expect(second).toEqual(first)
    expect(second['sum']!.data).not.toBe(first['sum']!.data)
    await session.close()
  })

  it('writes the results named in `into` in place and returns those tensors', async () => {
    const session = await openSession(model, { threads: 1 })
    const sum = zeros('float32', [4])
    const memory = sum.data
    for (const value of [1, 2]) {
      const feeds = { x: floats(value, 0, 0, 0), y: floats(0, 0, 0, value) }
      const result = await session.run(feeds, { sum })
      expect(result['sum']).toBe(sum)
      expect(sum.data).toBe(memory)
      expect([...memory]).toEqual([value, 0, 0, value])
      expect([...result['total']!.data]).toEqual([value])
    }
    await session.close()
  })

  it('reads a fed tensor anew at every run, though it is wrapped once', async () => {
    const session = await openSession(model, { threads: 1 })
    const fed = floats(1, 1, 1, 1)
    const totalOf = async () => (await session.run({ x: fed, y: fed }))['total']!.data[0]
    expect(await totalOf()).toBe(4)
    fed.data.fill(2)
    expect(await totalOf()).toBe(8)
    await session.close()
  })

  it('swaps buffers between runs as training does', async () => {
    const doubling = toOnnx({ name: 'double', outputs: { next: add(x, x) } })
    const session = await openSession(doubling.bytes, { threads: 1 })
    let [current, spare] = [floats(1, 2, 3, 4), zeros('float32', [4])]
    for (let step = 0; step < 10; step++) {
      await session.run({ x: current }, { next: spare })
      ;[current, spare] = [spare, current]
    }
    expect([...current.data]).toEqual([1024, 2048, 3072, 4096])
    await session.close()
  })

  it('carries every element type in and out', async () => {
    const samples: Record<DType, Tensor> = {
      float32: floats(1.5, -2),
      float64: tensor('float64', [2], Float64Array.of(1e300, -2)),
      uint8: tensor('uint8', [2], Uint8Array.of(0, 255)),
      int8: tensor('int8', [2], Int8Array.of(-128, 127)),
      int32: tensor('int32', [2], Int32Array.of(-(2 ** 31), 5)),
      uint32: tensor('uint32', [2], Uint32Array.of(0, 2 ** 32 - 1)),
      int64: tensor('int64', [2], BigInt64Array.of(-(2n ** 63n), 5n)),
      bool: tensor('bool', [2], Uint8Array.of(1, 0)),
    }
    for (const [dtype, sample] of Object.entries(samples)) {
      const value = input('value', [2], dtype as DType)
      const { bytes } = toOnnx({ name: dtype, outputs: { same: cast(value, dtype as DType) } })
      const session = await openSession(bytes, { threads: 1 })
      expect((await session.run({ value: sample }))['same'], dtype).toEqual(sample)
      await session.close()
    }
  })

  it('treats subnormal numbers as zero in the thread whose session is the first', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'atelier-subnormal-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    await writeFile(join(folder, 'model.onnx'), model)
    // other tests of this process have opened sessions
    const program = `
      import { readFileSync } from 'node:fs'
      import { openSession } from '${new URL('../../dist/runtime/index.js', import.meta.url)}'
      import { tensor } from '${new URL('../../dist/tensor/index.js', import.meta.url)}'
      const session = await openSession(readFileSync('model.onnx'), { threads: 1 })
      const floats = (...values) => tensor('float32', [4], Float32Array.from(values))
      const { scaled } = await session.run({ x: floats(1e-40, 1, 0, 0), y: floats(0, 0, 0, 0) })
      console.log([...scaled.data].join())`
    const words = ['--input-type=module', '--eval', program]
    expect(execFileSync(process.execPath, words, { cwd: folder }).toString()).toBe('0,3,0,0\n')
  })

  it('refuses to run after close', async () => {
    const session = await openSession(model, { threads: 1 })
    await session.close()
    await expect(session.run({ x: floats(1, 1, 1, 1), y: floats(1, 1, 1, 1) })).rejects.toThrow()
  })

  it('rejects bytes that are not a model, and feeds that do not fit', async () => {
    await expect(openSession(Uint8Array.of(1, 2, 3), { threads: 1 })).rejects.toThrow()
    const session = await openSession(model, { threads: 1 })
    await expect(session.run({ x: floats(1, 1, 1, 1) })).rejects.toThrow(/y/)
    await expect(session.run({ x: floats(1, 1), y: floats(1, 1) })).rejects.toThrow()
    await session.close()
  })

  it('writes its trace where it was told', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'atelier-trace-'))
    const session = await openSession(model, { threads: 1, profilePrefix: join(folder, 'trace') })
    await session.run({ x: floats(1, 1, 1, 1), y: floats(1, 1, 1, 1) })
    session.endProfiling()
    await session.close()
    const [file] = await readdir(folder)
    const events = JSON.parse(await readFile(join(folder, file!), 'utf8')) as { name: string }[]
    expect(events.some(({ name }) => name.includes('Add'))).toBe(true)
    await rm(folder, { recursive: true })
  })
})

describe('detectBlockSize', () => {
  it('answers a width of vector registers, the same at every call', async () => {
    const size = await detectBlockSize()
    expect([1, 4, 8, 16]).toContain(size)
    expect(await detectBlockSize()).toBe(size)
  })
})
