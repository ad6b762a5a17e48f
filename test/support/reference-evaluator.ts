/**
 * Every operator once more, in float64 and as plainly as possible: what the gradient rules and the
 * ONNX lowering are tested against. A missing operator does not compile.
 */
import type { Attributes, OpName, Value } from '../../src/graph/index.ts'
import { topologicalOrder } from '../../src/graph/index.ts'
import { type Dense, dense, eachIndex, offset, strides } from './dense.ts'
import {
  avgPool,
  batchNormalize,
  batchNormalizeGradient,
  convolve,
  convolveInputGradient,
  convolveWeightGradient,
  maxPool,
  maxUnpool,
} from './reference-windows.ts'

type Rule<O extends OpName> = (
  inputs: readonly Dense[],
  attributes: Attributes[O],
) => readonly Dense[]

/** Evaluates `outputs`, given the graph's inputs by name. Integers and booleans are numbers too. */
export function evaluateReference(
  outputs: readonly Value[],
  feeds: Readonly<Record<string, Dense>>,
): Dense[] {
  const results = new Map<unknown, readonly Dense[]>()
  for (const node of topologicalOrder(outputs)) {
    const inputs = node.inputs.map((value) => results.get(value.node)![value.index]!)
    if (node.op === 'input') {
      const name = (node.attributes as Attributes['input']).name
      results.set(node, [feeds[name]!])
    } else {
      results.set(node, (rules[node.op] as Rule<OpName>)(inputs, node.attributes))
    }
  }
  return outputs.map(({ node, index }) => results.get(node)![index]!)
}

const rules: { readonly [O in OpName]: Rule<O> } = {
  input: () => [],
  constant: (_, { value }) => [
    dense(value.shape, Float64Array.from(value.data as Float32Array, Number)),
  ],
  add: binary((a, b) => a + b),
  sub: binary((a, b) => a - b),
  mul: binary((a, b) => a * b),
  div: binary((a, b) => a / b),
  greater: binary((a, b) => Number(a > b)),
  equal: binary((a, b) => Number(a === b)),
  where: ([c, a, b]) => {
    const shape = broadcast(broadcast(c!.shape, a!.shape), b!.shape)
    const [condition, x, y] = [c!, a!, b!].map((value) => expand(value, shape))
    return [
      dense(
        shape,
        x!.data.map((v, i) => (condition!.data[i] ? v : y!.data[i]!)),
      ),
    ]
  },
  neg: unary((x) => -x),
  exp: unary(Math.exp),
  log: unary(Math.log),
  sqrt: unary(Math.sqrt),
  tanh: unary(Math.tanh),
  sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  erf: unary(erf),
  relu: unary((x) => Math.max(x, 0)),
  positive: unary((x) => Number(x > 0)),
  gelu: unary((x) => (x * (1 + erf(x / Math.SQRT2))) / 2),
  cast: unary((x) => x),
  gemm: ([a, b, bias], { transposeA, transposeB }) => {
    const product = matrixProduct(transposeA ? turn(a!) : a!, transposeB ? turn(b!) : b!)
    return bias === undefined ? [product] : binary((x, y) => x + y)([product, bias])
  },
  matmul: ([a, b]) => [matrixProduct(a!, b!)],
  conv2d: ([x, w, bias], window) => [convolve(x!, w!, bias, window)],
  conv2dInputGradient: ([dy, w], attributes) => [convolveInputGradient(dy!, w!, attributes)],
  conv2dWeightGradient: ([x, dy], attributes) => [convolveWeightGradient(x!, dy!, attributes)],
  maxPool2d: ([x], window) => maxPool(x!, window),
  maxUnpool2d: ([dy, positions], { input }) => [maxUnpool(dy!, positions!, input as number[])],
  avgPool2d: ([x], window) => [avgPool(x!, window)],
  batchNorm: ([x, scale, shift], { epsilon }) => batchNormalize(x!, scale!, shift!, epsilon),
  batchNormGradient: ([x, scale, mean, variance, dy], { epsilon }) =>
    batchNormalizeGradient([x!, scale!, mean!, variance!, dy!], epsilon),
  batchNormInference: ([x, scale, shift, mean, variance], { epsilon }) => {
    const inner = x!.shape.slice(2).reduce((n, size) => n * size, 1)
    const data = x!.data.map((value, i) => {
      const c = Math.floor(i / inner) % x!.shape[1]!
      const normal = (value - mean!.data[c]!) / Math.sqrt(variance!.data[c]! + epsilon)
      return normal * scale!.data[c]! + shift!.data[c]!
    })
    return [dense(x!.shape, data)]
  },
  softmax: ([x], { axis }) => [softmax(x!, axis)],
  logSoftmax: ([x], { axis }) => unary(Math.log)([softmax(x!, axis)]),
  reduceSum: ([x], { axes, keepDims }) => [reduce(x!, axes, keepDims, (a, b) => a + b, 0)],
  reduceMean: ([x], { axes, keepDims }) => {
    const count = axes.reduce((n, axis) => n * x!.shape[axis]!, 1)
    return unary((sum) => sum / count)([reduce(x!, axes, keepDims, (a, b) => a + b, 0)])
  },
  reduceMax: ([x], { axes, keepDims }) => [reduce(x!, axes, keepDims, Math.max, -Infinity)],
  argMax: ([x], { axis }) => [argMax(x!, axis)],
  reshape: ([x], { shape }) => [dense(shape as number[], x!.data)],
  transpose: ([x], { order }) => [transpose(x!, order)],
  broadcastTo: ([x], { shape }) => [expand(x!, shape)],
  concat: (inputs, { axis }) => [concat(inputs, axis)],
  slice: ([x], { ranges }) => {
    const rangeOf = (axis: number) => ranges.find((range) => range.axis === axis)
    const shape = x!.shape.map((size, axis) => {
      const range = rangeOf(axis)
      return range === undefined ? size : Math.ceil((range.end - range.start) / range.step)
    })
    return [
      generate(shape, (index) =>
        at(
          x!,
          index.map((i, axis) => (rangeOf(axis)?.start ?? 0) + i * (rangeOf(axis)?.step ?? 1)),
        ),
      ),
    ]
  },
  pad: ([x], { before, after }) => {
    const shape = x!.shape.map((size, axis) => size + before[axis]! + after[axis]!)
    return [
      generate(shape, (index) => {
        const source = index.map((i, axis) => i - before[axis]!)
        return source.every((i, axis) => i >= 0 && i < x!.shape[axis]!) ? at(x!, source) : 0
      }),
    ]
  },
  gather: ([x, indices], { axis }) => {
    const shape = [...x!.shape.slice(0, axis), ...indices!.shape, ...x!.shape.slice(axis + 1)]
    const rank = indices!.shape.length
    return [
      generate(shape, (index) => {
        const entry = at(indices!, index.slice(axis, axis + rank))
        return at(x!, [...index.slice(0, axis), entry, ...index.slice(axis + rank)])
      }),
    ]
  },
  gatherGradient: ([dy, indices], { axis, input }) => {
    const result = dense(input)
    const rank = indices!.shape.length
    const step = strides(input)
    eachIndex(dy!.shape, (index, i) => {
      const entry = at(indices!, index.slice(axis, axis + rank))
      result.data[offset([...index.slice(0, axis), entry, ...index.slice(axis + rank)], step)]! +=
        dy!.data[i]!
    })
    return [result]
  },
  oneHot: ([labels], { classes }) => [
    generate([...labels!.shape, classes], (index) =>
      Number(at(labels!, index.slice(0, -1)) === index.at(-1)),
    ),
  ],
}

function unary(f: (x: number) => number) {
  return ([x]: readonly Dense[]) => [dense(x!.shape, x!.data.map(f))]
}

function binary(f: (a: number, b: number) => number) {
  return ([a, b]: readonly Dense[]) => {
    const shape = broadcast(a!.shape, b!.shape)
    const [x, y] = [expand(a!, shape), expand(b!, shape)]
    return [
      dense(
        shape,
        x.data.map((value, i) => f(value, y.data[i]!)),
      ),
    ]
  }
}

function at(x: Dense, index: readonly number[]): number {
  return x.data[offset(index, strides(x.shape))]!
}

function generate(shape: readonly number[], f: (index: readonly number[]) => number): Dense {
  const result = dense(shape)
  eachIndex(shape, (index, i) => {
    result.data[i] = f(index)
  })
  return result
}

function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, i) =>
    Math.max(a[a.length - rank + i] ?? 1, b[b.length - rank + i] ?? 1),
  )
}

function expand(x: Dense, shape: readonly number[]): Dense {
  const extra = shape.length - x.shape.length
  return generate(shape, (index) =>
    at(
      x,
      x.shape.map((size, axis) => (size === 1 ? 0 : index[axis + extra]!)),
    ),
  )
}

function transpose(x: Dense, order: readonly number[]): Dense {
  return generate(
    order.map((axis) => x.shape[axis]!),
    (index) =>
      at(
        x,
        x.shape.map((_, axis) => index[order.indexOf(axis)]!),
      ),
  )
}

function turn(x: Dense): Dense {
  return transpose(x, [1, 0])
}

function matrixProduct(a: Dense, b: Dense): Dense {
  const [rows, inner] = a.shape.slice(-2) as [number, number]
  const columns = b.shape.at(-1)!
  const leading = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2))
  const x = expand(a, [...leading, rows, inner])
  const y = expand(b, [...leading, inner, columns])
  return generate([...leading, rows, columns], (index) => {
    const outer = index.slice(0, -2)
    let sum = 0
    for (let k = 0; k < inner; k++) {
      sum += at(x, [...outer, index.at(-2)!, k]) * at(y, [...outer, k, index.at(-1)!])
    }
    return sum
  })
}

function reduce(
  x: Dense,
  axes: readonly number[],
  keepDims: boolean,
  f: (a: number, b: number) => number,
  start: number,
): Dense {
  const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
  const result = dense(kept, new Float64Array(kept.reduce((n, size) => n * size, 1)).fill(start))
  const step = strides(kept)
  eachIndex(x.shape, (index, i) => {
    const target = offset(
      index.map((position, axis) => (axes.includes(axis) ? 0 : position)),
      step,
    )
    result.data[target] = f(result.data[target]!, x.data[i]!)
  })
  return keepDims
    ? result
    : dense(
        x.shape.filter((_, axis) => !axes.includes(axis)),
        result.data,
      )
}

function argMax(x: Dense, axis: number): Dense {
  const shape = x.shape.filter((_, i) => i !== axis)
  return generate(shape, (index) => {
    const entry = (k: number) => at(x, [...index.slice(0, axis), k, ...index.slice(axis)])
    let best = 0
    for (let k = 1; k < x.shape[axis]!; k++) if (entry(k) > entry(best)) best = k
    return best
  })
}

function concat(inputs: readonly Dense[], axis: number): Dense {
  const shape = inputs[0]!.shape.map((size, i) =>
    i === axis ? inputs.reduce((n, value) => n + value.shape[axis]!, 0) : size,
  )
  return generate(shape, (index) => {
    let position = index[axis]!
    const part = inputs.find((value) => {
      if (position < value.shape[axis]!) return true
      position -= value.shape[axis]!
      return false
    })!
    return at(
      part,
      index.map((i, a) => (a === axis ? position : i)),
    )
  })
}

function softmax(x: Dense, axis: number): Dense {
  const max = expand(reduce(x, [axis], true, Math.max, -Infinity), x.shape)
  const powers = dense(
    x.shape,
    x.data.map((value, i) => Math.exp(value - max.data[i]!)),
  )
  const sum = expand(
    reduce(powers, [axis], true, (a, b) => a + b, 0),
    x.shape,
  )
  return dense(
    x.shape,
    powers.data.map((value, i) => value / sum.data[i]!),
  )
}

/** Error function to float64 precision: Maclaurin series near 0, continued fraction beyond. */
function erf(x: number): number {
  const a = Math.abs(x)
  if (a < 3) {
    let term = a
    let sum = a
    for (let n = 1; n < 200; n++) {
      term *= (-a * a) / n
      sum += term / (2 * n + 1)
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI)
  }
  let fraction = 0
  for (let n = 100; n > 0; n--) fraction = n / 2 / (a + fraction)
  return Math.sign(x) * (1 - Math.exp(-a * a) / (Math.sqrt(Math.PI) * (a + fraction)))
}
