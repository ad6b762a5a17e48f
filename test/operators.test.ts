/** Every operator: its lowering and its gradient rule, against PyTorch and against finite differences. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  type Attributes,
  apply,
  cast,
  constant,
  differentiate,
  gradientRules,
  input,
  mul,
  type OpName,
  reduceSum,
  scalar,
  type Value,
} from '../src/graph/index.ts'
import { toOnnx } from '../src/onnx/index.ts'
import { detectBlockSize, openSession } from '../src/runtime/index.ts'
import { type DType, type Tensor, tensor } from '../src/tensor/index.ts'
import { type Dense, dense } from './support/dense.ts'
import { evaluateReference } from './support/reference-evaluator.ts'

interface Array {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

interface Case {
  readonly op: OpName
  readonly note: string
  readonly attributes: Attributes[OpName]
  readonly inputs: readonly Array[]
  readonly outputs: readonly Omit<Array, 'dtype'>[]
  readonly cotangent?: readonly number[]
  readonly gradients?: readonly (readonly number[] | null)[]
}

const golden = JSON.parse(
  readFileSync(new URL('./golden/operators.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly Case[] }

const titled = golden.cases.map((entry, i) => {
  const shapes = entry.inputs.map(({ shape }) => `[${shape}]`).join(' ')
  return { title: `${i} ${entry.op} ${shapes} ${entry.note}`.trim(), entry }
})
const differentiable = titled.filter(({ entry }) => entry.gradients !== undefined)

interface Built {
  readonly outputs: readonly Value[]
  /** Gradients of the sum of (first output · cotangent), for the inputs that PyTorch has one for. */
  readonly gradients: readonly Value[]
  readonly loss: Value
}

function build({ op, attributes, inputs, cotangent, gradients, outputs: shapes }: Case): Built {
  const values = inputs.map(({ dtype, shape }, i) => input(`x${i}`, shape, dtype))
  const outputs = apply(op, values, attributes)
  if (cotangent === undefined) return { outputs, gradients: [], loss: outputs[0]! }
  const r = constant(tensor('float32', shapes[0]!.shape, Float32Array.from(cotangent)))
  const weighted = mul(outputs[0]!, r)
  const loss = reduceSum(
    weighted,
    weighted.shape.map((_, axis) => axis),
  )
  const targets = values.filter((_, i) => gradients?.[i] != null)
  return { outputs, gradients: differentiate(loss, targets, scalar(1)), loss }
}

function denseInputs({ inputs }: Case): Record<string, Dense> {
  return Object.fromEntries(
    inputs.map(({ shape, data }, i) => [`x${i}`, dense(shape, Float64Array.from(data))]),
  )
}

async function execute(
  entry: Case,
  results: readonly Value[],
  blockSize: number,
): Promise<Tensor[]> {
  const outputs = Object.fromEntries(results.map((value, i) => [`y${i}`, cast(value, 'float32')]))
  const model = toOnnx({ name: 'case', outputs, blockSize })
  const session = await openSession(model.bytes, { threads: 1 })
  const feeds = Object.fromEntries(
    entry.inputs.map(({ dtype, shape, data }, i) => [`x${i}`, toTensor(dtype, shape, data)]),
  )
  const used = Object.fromEntries(model.inputs.map((name) => [name, feeds[name]!]))
  const result = await session.run(used)
  await session.close()
  return results.map((_, i) => result[`y${i}`]!)
}

function toTensor(dtype: DType, shape: readonly number[], data: readonly number[]): Tensor {
  if (dtype === 'int64') return tensor('int64', shape, BigInt64Array.from(data, BigInt))
  if (dtype === 'bool') return tensor('bool', shape, Uint8Array.from(data))
  return tensor('float32', shape, Float32Array.from(data))
}

describe('operators', () => {
  it('all have a case', () => {
    const covered = new Set(golden.cases.map(({ op }) => op))
    const missing = Object.keys(gradientRules).filter((op) => !covered.has(op as OpName))
    expect(missing).toEqual(['input', 'constant'])
  })

  const layouts = titled.flatMap((row) => [
    { ...row, layout: 'plain' },
    { ...row, layout: 'blocked' },
  ])
  it.each(layouts)(
    'equal PyTorch when run by onnxruntime, $layout: $title',
    async ({ entry, layout }) => {
      const blockSize = layout === 'plain' ? 1 : await detectBlockSize()
      const { outputs, gradients } = build(entry)
      const checked = outputs.slice(0, entry.outputs.length)
      const results = await execute(entry, [...checked, ...gradients], blockSize)
      const wantedGradients = (entry.gradients ?? []).filter((gradient) => gradient !== null)
      const wanted = [...entry.outputs.map(({ data }) => data), ...wantedGradients]
      for (const [i, { data }] of results.entries()) {
        expect(data as Float32Array).toBeAllClose(wanted[i]!, { absolute: 1e-4, relative: 1e-5 })
      }
      expect(checked.map(({ shape }) => shape)).toEqual(entry.outputs.map(({ shape }) => shape))
    },
  )

  it.each(titled)('equal PyTorch in the float64 reference: $title', ({ entry }) => {
    const { outputs } = build(entry)
    const checked = outputs.slice(0, entry.outputs.length)
    for (const [i, { data }] of evaluateReference(checked, denseInputs(entry)).entries()) {
      expect(data).toBeAllClose(entry.outputs[i]!.data, { absolute: 1e-5, relative: 1e-6 })
    }
  })

  const smooth = differentiable.filter(({ entry }) => !/ties/.test(entry.note))
  it.each(smooth)('have the gradient that finite differences show: $title', ({ entry }) => {
    const { gradients, loss } = build(entry)
    const feeds = denseInputs(entry)
    const analytic = evaluateReference(gradients, feeds)
    const targets = entry.inputs.flatMap((_, i) => (entry.gradients![i] === null ? [] : [`x${i}`]))
    for (const [i, name] of targets.entries()) {
      const { numeric, positions } = finiteDifferences(loss, feeds, name)
      const checked = positions.map((position) => analytic[i]!.data[position]!)
      expect(checked).toBeAllClose(numeric, { absolute: 1e-6, relative: 1e-6 })
    }
  })
})

const MOST_POSITIONS = 16

/** Central differences of fourth order, whose error is about 1e-10 for inputs of order 1. */
function finiteDifferences(loss: Value, feeds: Record<string, Dense>, name: string) {
  const step = 1e-3
  const { shape, data } = feeds[name]!
  const lossAt = (i: number, shift: number) => {
    const moved = data.slice()
    moved[i]! += shift
    return evaluateReference([loss], { ...feeds, [name]: dense(shape, moved) })[0]!.data[0]!
  }
  const stride = Math.max(1, Math.floor(data.length / MOST_POSITIONS))
  const positions = Array.from(data.keys()).filter((i) => i % stride === 0)
  const numeric = positions.map(
    (i) =>
      (8 * (lossAt(i, step) - lossAt(i, -step)) - (lossAt(i, 2 * step) - lossAt(i, -2 * step))) /
      (12 * step),
  )
  return { numeric, positions }
}
