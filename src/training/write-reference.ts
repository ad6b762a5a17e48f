import { REFERENCE_FEATURE, REFERENCE_HEADER_KEY, type ReferenceRows } from '../contracts/index.ts'
import { formatCsv, writeFileAtomic } from '../core/index.ts'
import { type Tensor, tensor, writeSafetensors } from '../tensor/index.ts'
import type { Run } from '../tracking/index.ts'

/** Enough to tell rows apart; a float32 has no more. */
const DIGITS = 7

/** Writes the rows to the run's folder: as safetensors for programs, as CSV for people. */
export async function writeReference(
  { files }: Pick<Run, 'files'>,
  rows: ReferenceRows,
): Promise<void> {
  const { header, count, features, labels, predicted, confidence, probabilities } = rows
  const tensors: Record<string, Tensor> = {
    label: tensor('int32', [count], labels),
    predicted: tensor('int32', [count], predicted),
    confidence: tensor('float32', [count], confidence),
    probabilities: tensor('float32', [count, header.classes.length], probabilities),
  }
  for (const [name, values] of Object.entries(features)) {
    tensors[`${REFERENCE_FEATURE}${name}`] = tensor('float64', [count], values)
  }
  const metadata = { [REFERENCE_HEADER_KEY]: JSON.stringify(header) }
  await writeSafetensors(files.reference, tensors, metadata)
  await writeFileAtomic(files.referenceCsv, `${referenceCsv(rows)}\n`)
}

/** The columns of the Python original first, then what else is known of a row; true classes where there are any. */
export function referenceCsv(rows: ReferenceRows): string {
  const { header, count, features, labels, predicted, confidence, probabilities } = rows
  const { classes } = header
  const names = classes.map((name) => `probability ${name}`)
  const isLabelled = labels.length > 0
  const truth = isLabelled ? ['true_class'] : []
  const columns = [...header.features, 'predicted_class', 'confidence', ...truth, ...names]
  const lines = Array.from({ length: count }, (_, row) => [
    ...header.features.map((name) => short(features[name]![row]!)),
    classes[predicted[row]!]!,
    short(confidence[row]!),
    ...(isLabelled ? [classes[labels[row]!]!] : []),
    ...classes.map((_, k) => short(probabilities[row * classes.length + k]!)),
  ])
  return formatCsv(columns, lines)
}

const short = (value: number) => Number(value.toPrecision(DIGITS))
