import type { FindImage } from './image-file.ts'
import { keeps } from './limits.ts'
import {
  type AnsweredQuestion,
  type CheckedImage,
  isUnanswered,
  type ProblemKind,
  problemsOf,
  type QuestionProblem,
  unanswered,
} from './question-problems.ts'
import { readAnswer } from './read-answer.ts'
import { readWants, type Wanted } from './read-wants.ts'
import type { ReportQuestion } from './split-report.ts'

export interface CheckedQuestion {
  readonly number: number
  readonly heading: string
  readonly section: string
  readonly line: number
  readonly prompt: string
  readonly verdict: 'ok' | ProblemKind
  readonly words: number
  readonly wanted: Wanted
  readonly images: readonly CheckedImage[]
  readonly problems: readonly QuestionProblem[]
  /** Worth a look, and no failure. */
  readonly warnings: readonly string[]
}

export interface CheckOptions {
  readonly findImage: FindImage
  /** Endings that the report allows, `.png`; empty: any. */
  readonly endings: readonly string[]
  /** Of the group; undefined: not known. */
  readonly members: number | undefined
}

/** One question: what it wants, what it got. */
export async function checkQuestion(
  question: ReportQuestion,
  options: CheckOptions,
): Promise<CheckedQuestion> {
  const wanted = readWants(question.prompt)
  const answer = readAnswer(question.answer)
  const images = await Promise.all(
    answer.images.map(async ({ alt, target, offset }) => {
      const { state } = await options.findImage(target)
      return { alt, target, line: question.answerLine + offset, state }
    }),
  )
  const { endings, members } = options
  const input = { question, wanted, answer, images, endings, members }
  const problems = isUnanswered(input) ? [unanswered(input)] : problemsOf(input)
  const { number, heading, section, line, prompt } = question
  return {
    ...{ number, heading, section, line, prompt },
    verdict: problems[0]?.kind ?? 'ok',
    ...{ words: answer.words, wanted, images, problems },
    warnings: problems[0]?.kind === 'unanswered' ? [] : warningsOf(input),
  }
}

function warningsOf({ answer, wanted, images }: AnsweredQuestion): string[] {
  const limits = wanted.words.filter(({ perMember }) => !perMember)
  const fits = (count: number) => limits.some((limit) => keeps(count, limit))
  const isOther = limits.length > 0 && fits(answer.words) !== fits(answer.rawWords)
  return [
    ...(isOther
      ? [
          `The course's script counts ${answer.rawWords} words, images and marks among them, and judges otherwise.`,
        ]
      : []),
    ...(wanted.quantity &&
    !/\d|\b(?:no|none|zero|one|two|three|four|five|dozen)\b/i.test(answer.text)
      ? ['The question asks how many, and the answer holds no number.']
      : []),
    ...images
      .filter(({ state }) => state === 'elsewhere')
      .map(({ target }) => `${target} is on the web: it was not looked at.`),
  ]
}
