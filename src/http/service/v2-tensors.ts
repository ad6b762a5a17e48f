/** Requests and answers of the Open Inference Protocol, version 2: JSON, and its binary extension. */
import { z } from 'zod'
import type { ImageGeometry } from '../../contracts/index.ts'
import { httpError } from '../http-error.ts'

const parametersSchema = z.looseObject({
  binary_data_size: z.int().nonnegative().optional(),
  binary_data: z.boolean().optional(),
  binary_data_output: z.boolean().optional(),
})
const inputSchema = z.looseObject({
  name: z.string(),
  shape: z.array(z.int().nonnegative()),
  datatype: z.string(),
  parameters: parametersSchema.optional(),
  data: z.array(z.unknown()).optional(),
})
const outputSchema = z.looseObject({ name: z.string(), parameters: parametersSchema.optional() })
export const inferRequestSchema = z.looseObject({
  id: z.string().max(200).optional(),
  parameters: parametersSchema.optional(),
  inputs: z.array(inputSchema).length(1),
  outputs: z.array(outputSchema).max(8).optional(),
})
type InferInput = z.infer<typeof inputSchema>

export const INPUT = 'images'
export const OUTPUTS = ['probabilities', 'logits'] as const
export type OutputName = (typeof OUTPUTS)[number]

export interface WantedOutput {
  readonly name: OutputName
  readonly binary: boolean
}

/** What a request must keep to. */
export interface InferLimits {
  readonly geometry: ImageGeometry
  /** Most images of one request. */
  readonly maxImages: number
}

export interface InferRequest {
  readonly id: string | undefined
  /** uint8 [count, C, H, W] */
  readonly images: Uint8Array
  readonly count: number
  readonly outputs: readonly WantedOutput[]
}

/** A request in JSON. Answers 400 for what is not one, or not for this model, 413 for too many images. */
export function readJsonRequest(body: unknown, limits: InferLimits): InferRequest {
  return readRequest(body, Buffer.alloc(0), limits)
}

/**
 * A request of the binary extension: JSON of `headerBytes` bytes, the tensor's bytes behind it. No
 * JSON at all means that the body is the one input.
 */
export function readBinaryRequest(
  body: Buffer,
  headerBytes: string | undefined,
  limits: InferLimits,
): InferRequest {
  if (headerBytes === undefined || !/^\d{1,9}$/.test(headerBytes)) {
    throw refused('Inference-Header-Content-Length must give the length of the JSON part')
  }
  const length = Number(headerBytes)
  if (length > body.length) {
    throw refused(`the JSON part of ${length} bytes is longer than the body of ${body.length}`)
  }
  if (length === 0) return rawRequest(body, limits)
  return readRequest(parseJson(body.subarray(0, length)), body.subarray(length), limits)
}

function rawRequest(body: Buffer, { geometry, maxImages }: InferLimits): InferRequest {
  const size = geometry.channels * geometry.height * geometry.width
  if (body.length === 0 || body.length % size !== 0) {
    throw refused(`the body has ${body.length} bytes, wanted a multiple of ${size}`)
  }
  const outputs = OUTPUTS.map((name) => ({ name, binary: true }))
  const count = body.length / size
  refuseMany(count, maxImages)
  return { id: undefined, images: body, count, outputs }
}

function refuseMany(count: number, maxImages: number): void {
  if (count <= maxImages) return
  throw httpError(413, 'TOO_MANY_FILES', `${count} images; at most ${maxImages} are taken.`)
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    throw refused('the JSON part is not JSON')
  }
}

function readRequest(json: unknown, binary: Buffer, limits: InferLimits): InferRequest {
  const parsed = inferRequestSchema.safeParse(json)
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!
    throw refused(`${path.join('.') || 'the request'}: ${message}`)
  }
  const { id, parameters, inputs, outputs } = parsed.data
  const [input] = inputs
  const count = checkInput(input!, limits.geometry)
  // before memory is taken for what the shape only claims
  refuseMany(count, limits.maxImages)
  const wanted = outputs ?? OUTPUTS.map((name) => ({ name, parameters: undefined }))
  return {
    id,
    count,
    images: bytesOf(input!, binary),
    outputs: wanted.map(({ name, parameters: own }) => ({
      name: outputName(name),
      binary: own?.binary_data ?? parameters?.binary_data_output ?? false,
    })),
  }
}

/** The number of images. */
function checkInput({ name, datatype, shape }: InferInput, geometry: ImageGeometry): number {
  const { channels, height, width } = geometry
  if (name !== INPUT) throw refused(`the input is "${name}", wanted "${INPUT}"`)
  if (datatype !== 'UINT8') throw refused(`the input is of ${datatype}, wanted UINT8`)
  const [count = 0, ...image] = shape
  if (count < 1 || image.join() !== [channels, height, width].join()) {
    throw refused(`the input has the shape [${shape}], wanted [N,${channels},${height},${width}]`)
  }
  return count
}

function bytesOf({ data, shape, parameters }: InferInput, binary: Buffer): Uint8Array {
  const wanted = shape.reduce((product, size) => product * size, 1)
  const size = parameters?.binary_data_size
  if (size !== undefined) {
    if (data !== undefined) throw refused('the input has data both in JSON and behind it')
    if (size !== wanted || binary.length !== wanted) {
      throw refused(`${binary.length} bytes came for the input, its shape wants ${wanted}`)
    }
    return binary
  }
  if (data === undefined) throw refused('the input has no data')
  if (binary.length > 0) throw refused('bytes follow that belong to no input')
  const bytes = new Uint8Array(wanted)
  if (fill(bytes, data, 0, shape.length) !== wanted) {
    throw refused(`the data does not have the ${wanted} values that the shape wants`)
  }
  return bytes
}

/** Flat or nested rows. Gives where it stopped; more than fits is counted but not written. */
function fill(bytes: Uint8Array, data: readonly unknown[], from: number, depth: number): number {
  let at = from
  for (const value of data) {
    if (Array.isArray(value)) {
      if (depth <= 1) throw refused('the data is nested deeper than the shape')
      at = fill(bytes, value, at, depth - 1)
    } else {
      if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > 255) {
        // an object of a client's can make String() throw
        const got = typeof value === 'number' ? value : `a ${typeof value}`
        throw refused(`the data holds ${got}, wanted whole numbers 0 to 255`)
      }
      if (at < bytes.length) bytes[at] = value as number
      at++
    }
  }
  return at
}

function outputName(name: string): OutputName {
  const found = OUTPUTS.find((output) => output === name)
  if (found === undefined) throw refused(`there is no output "${name}", only ${OUTPUTS.join(', ')}`)
  return found
}

function refused(reason: string) {
  return httpError(400, 'BAD_REQUEST', `Inference request: ${reason}.`)
}

export interface InferAnswer {
  readonly model_name: string
  readonly model_version: string
  readonly id: string | undefined
  /** float32 [count, classes] each */
  readonly outputs: readonly (WantedOutput & { readonly rows: Float32Array })[]
  readonly shape: readonly [count: number, classes: number]
}

/** The JSON part, and the tensors that go behind it; no tensors means that the answer is plain JSON. */
export function writeAnswer(answer: InferAnswer): {
  readonly json: string
  readonly tensors: readonly Buffer[]
} {
  const { shape, outputs, id, ...model } = answer
  const json = JSON.stringify({
    ...model,
    ...(id === undefined ? {} : { id }),
    outputs: outputs.map(({ name, binary, rows }) => ({
      name,
      datatype: 'FP32',
      shape,
      ...(binary ? { parameters: { binary_data_size: rows.byteLength } } : { data: [...rows] }),
    })),
  })
  const tensors = outputs.filter(({ binary }) => binary).map(({ rows }) => littleEndian(rows))
  return { json, tensors }
}

function littleEndian(rows: Float32Array): Buffer {
  const bytes = Buffer.alloc(rows.byteLength)
  for (const [i, value] of rows.entries()) bytes.writeFloatLE(value, 4 * i)
  return bytes
}
