import { formatTable } from './table.ts'

/** What is said about one image, as the service says it. */
export type ImageAnswer =
  | {
      readonly filename: string
      readonly predicted_class: string
      readonly confidence: number
      readonly all_probabilities: Readonly<Record<string, number>>
    }
  | {
      readonly filename: string
      readonly error: { readonly code: string; readonly message: string }
    }

const DEFAULT_TOP = 3

/** One image: a class a line. Several: an image a line, the next likely classes behind. */
export function predictionText(answers: readonly ImageAnswer[], top: number | undefined): string {
  const [only] = answers
  if (answers.length === 1 && only !== undefined && !('error' in only)) {
    const rows = ranked(only.all_probabilities).slice(0, top)
    return formatTable(
      [{ title: only.filename }, { title: 'probability', align: 'right' }],
      rows.map(([name, probability]) => [name, percent(probability)]),
    )
  }
  return formatTable(
    [
      { title: 'image' },
      { title: 'class' },
      { title: 'confidence', align: 'right' },
      { title: 'else' },
    ],
    answers.map((answer) => answerRow(answer, top ?? DEFAULT_TOP)),
  )
}

function answerRow(answer: ImageAnswer, top: number): string[] {
  if ('error' in answer)
    return [answer.filename, `error[${answer.error.code}]`, '', answer.error.message]
  const others = ranked(answer.all_probabilities).slice(1, top)
  return [
    answer.filename,
    answer.predicted_class,
    percent(answer.confidence),
    others.map(([name, probability]) => `${name} ${percent(probability)}`).join(', '),
  ]
}

function ranked(probabilities: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(probabilities).sort(([, a], [, b]) => b - a)
}

const percent = (share: number) => `${(100 * share).toFixed(2)} %`
