import type { Classification } from '../../serving/index.ts'

type Model = Classification['model']

/** What stays the same in every answer of a model, as JSON. */
interface AnswerParts {
  /** `"name":` of each class. */
  readonly keys: readonly string[]
  readonly names: readonly string[]
  readonly model: string
}

const known = new WeakMap<Model, AnswerParts>()

/** The body of an answer to POST /predict, as JSON. Written by hand: it is most of what the service does. */
export function predictAnswerText(answer: Classification): string {
  const { keys, names, model } = partsOf(answer.model)
  const { best, probabilities, id } = answer
  let all = ''
  for (let k = 0; k < keys.length; k++) {
    all += `${k === 0 ? '' : ','}${keys[k]}${probabilities[k]}`
  }
  return `{"predicted_class":${names[best]},"confidence":${probabilities[best]},"all_probabilities":{${all}},"prediction_id":"${id}","model":${model}}`
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
