import type { BatchAnswer } from '../../contracts/index.ts'
import type { Classification } from '../../serving/index.ts'
import type { SentPicture } from './read-picture.ts'

type Model = Classification['model']

/** Of a batch: a picture's answer, or why there is none. */
export type PictureAnswer = Classification | { readonly error: string; readonly code: string }

/** What stays the same in every answer of a model, as JSON. */
interface AnswerParts {
  /** `"name":` of each class. */
  readonly keys: readonly string[]
  readonly names: readonly string[]
  readonly model: string
}

const known = new WeakMap<Model, AnswerParts>()

/**
 * The body of an answer to POST /predict, as JSON; with `withInput`, the pixels that the model saw.
 * Written by hand: it is most of what the service does.
 */
export function predictAnswerText(answer: Classification, withInput: boolean): string {
  const { keys, names, model } = partsOf(answer.model)
  const { best, probabilities, id, latencyMs } = answer
  let all = ''
  for (let k = 0; k < keys.length; k++) {
    all += `${k === 0 ? '' : ','}${keys[k]}${probabilities[k]}`
  }
  const input = withInput ? `,"model_input":${inputText(answer)}` : ''
  return `{"predicted_class":${names[best]},"confidence":${probabilities[best]},"all_probabilities":{${all}},"prediction_id":"${id}","model":${model},"latency_ms":${latencyMs}${input}}`
}

function inputText({ model, pixels }: Classification): string {
  const { geometry } = model.manifest.preprocessing
  return JSON.stringify({ ...geometry, data: Buffer.from(pixels).toString('base64') })
}

/** The body of an answer to POST /predict/batch, as JSON. */
export function batchAnswerText(
  pictures: readonly SentPicture[],
  answers: readonly PictureAnswer[],
  model: Model,
  seconds: number,
): string {
  const results = answers.map((answer, i) => {
    const filename = pictures[i]!.name ?? ''
    if ('error' in answer) return { filename, ...answer }
    const { best, probabilities, id } = answer
    return {
      filename,
      predicted_class: answer.model.manifest.classes[best]!,
      confidence: probabilities[best]!,
      prediction_id: id,
    }
  })
  const { name, version, sha256 } = model.identity
  const body: BatchAnswer = {
    batch_size: pictures.length,
    results,
    total_time_seconds: seconds,
    model: { name, version, sha256 },
  }
  return JSON.stringify(body)
}

function partsOf(model: Model): AnswerParts {
  const parts = known.get(model)
  if (parts !== undefined) return parts
  const { name, version, sha256 } = model.identity
  const names = model.manifest.classes.map((label) => JSON.stringify(label))
  const made = {
    names,
    keys: names.map((label) => `${label}:`),
    model: JSON.stringify({ name, version, sha256 }),
  }
  known.set(model, made)
  return made
}
