import {
  REFERENCE_FEATURE,
  REFERENCE_HEADER_KEY,
  type ReferenceHeader,
  type ReferenceRows,
  referenceHeaderSchema,
} from '../../contracts/index.ts'
import { AtelierError } from '../../core/index.ts'
import { type ArrayOf, type DType, readSafetensors, type Tensor } from '../../tensor/index.ts'

/**
 * The rows of a run's `reference.safetensors`; undefined when there is no such file, as of models
 * that were trained before it was written. Throws TENSOR_FILE for anything else than a reference.
 */
export async function readReference(path: string): Promise<ReferenceRows | undefined> {
  const file = await readSafetensors(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (file === undefined) return undefined
  const header = parseHeader(path, file.metadata[REFERENCE_HEADER_KEY])
  const count = file.tensors.get('label')?.shape[0] ?? 0
  const column = <D extends DType>(name: string, dtype: D, ...more: readonly number[]) =>
    dataOf(path, name, file.tensors.get(name), dtype, [count, ...more])
  return {
    header,
    count,
    features: Object.fromEntries(
      header.features.map((name) => [name, column(`${REFERENCE_FEATURE}${name}`, 'float64')]),
    ),
    labels: column('label', 'int32'),
    predicted: column('predicted', 'int32'),
    confidence: column('confidence', 'float32'),
    probabilities: column('probabilities', 'float32', header.classes.length),
  }
}

function parseHeader(path: string, text: string | undefined): ReferenceHeader {
  try {
    return referenceHeaderSchema.parse(JSON.parse(text ?? 'null'))
  } catch (cause) {
    throw malformed(path, `it has no ${REFERENCE_HEADER_KEY} of this version`, cause)
  }
}

function dataOf<D extends DType>(
  path: string,
  name: string,
  got: Tensor | undefined,
  dtype: D,
  shape: readonly number[],
): ArrayOf[D] {
  const describe = (type: string, sizes: readonly number[]) => `${type} [${sizes.join(', ')}]`
  const found = got === undefined ? 'nothing' : describe(got.dtype, got.shape)
  const wanted = describe(dtype, shape)
  if (found !== wanted) throw malformed(path, `${name} is ${found}, wanted ${wanted}`)
  return got!.data as ArrayOf[D]
}

function malformed(path: string, what: string, cause?: unknown): AtelierError {
  return new AtelierError('TENSOR_FILE', `${path} is not the reference of a model: ${what}.`, {
    hint: 'Name the reference.safetensors of a run.',
    cause,
    data: { path },
  })
}
