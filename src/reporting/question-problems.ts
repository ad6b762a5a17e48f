import type { ImageFile } from './image-file.ts'
import { counted, keeps, type Limits, limitsText } from './limits.ts'
import type { ReadAnswer } from './read-answer.ts'
import type { Wanted, WordLimits } from './read-wants.ts'
import type { ReportQuestion } from './split-report.ts'

/** In the order in which the first one gives the verdict. */
export type ProblemKind =
  | 'unanswered'
  | 'answer_mark_missing'
  | 'placeholder_left'
  | 'not_a_number'
  | 'not_study_numbers'
  | 'too_short'
  | 'too_long'
  | 'image_missing'
  | 'too_many_images'
  | 'image_file_missing'
  | 'image_type'
  | 'link_missing'

export interface QuestionProblem {
  readonly kind: ProblemKind
  readonly message: string
  readonly line: number
  readonly got: string
  readonly wanted: string
}

/** An image of an answer, and whether its file is there. */
export interface CheckedImage {
  readonly alt: string
  readonly target: string
  readonly line: number
  readonly state: ImageFile['state']
}

/** A question with all that there is to judge it by. */
export interface AnsweredQuestion {
  readonly question: ReportQuestion
  readonly wanted: Wanted
  readonly answer: ReadAnswer
  readonly images: readonly CheckedImage[]
  /** Endings that the report allows, `.png`; empty: any. */
  readonly endings: readonly string[]
  /** Of the group; undefined: not known. */
  readonly members: number | undefined
}

/** An empty answer is none, unless nought words are enough. */
export function isUnanswered({ answer, images, wanted }: AnsweredQuestion): boolean {
  if (answer.text !== '' || images.length > 0) return false
  return (
    answer.hasPlaceholder || !wanted.words.some(({ min }) => min === 0) || wanted.images !== null
  )
}

export function unanswered({ question, answer }: AnsweredQuestion): QuestionProblem {
  return {
    kind: 'unanswered',
    message: answer.hasPlaceholder
      ? "The template's placeholder stands there still."
      : 'The answer is empty.',
    line: question.answerLine,
    got: answer.hasPlaceholder ? 'the placeholder' : 'nothing',
    wanted: 'an answer',
  }
}

/** All that is wrong with an answer, in the order of the kinds. */
export function problemsOf(input: AnsweredQuestion): QuestionProblem[] {
  const { question, answer, wanted } = input
  const problem = (kind: ProblemKind, message: string, got: string, want: string) => ({
    ...{ kind, message, got, wanted: want },
    line: question.answerLine,
  })
  return [
    ...(question.hasMark
      ? []
      : [
          {
            ...problem('answer_mark_missing', MARK_MISSING, 'no such line', '> Answer:'),
            line: question.line,
          },
        ]),
    ...(answer.hasPlaceholder
      ? [problem('placeholder_left', PLACEHOLDER_LEFT, 'both', 'the answer alone')]
      : []),
    ...formProblems(input, problem),
    ...lengthProblems(input, problem),
    ...imageProblems(input, problem),
    ...(wanted.link && answer.links === 0
      ? [problem('link_missing', 'The question asks for a link.', 'no link', 'a link')]
      : []),
  ]
}

const MARK_MISSING = 'The line `> Answer:` is missing, by which answers are found.'
const PLACEHOLDER_LEFT = "The template's placeholder was left beside the answer."

type MakeProblem = (
  kind: ProblemKind,
  message: string,
  got: string,
  wanted: string,
) => QuestionProblem

function formProblems(
  { answer, wanted }: AnsweredQuestion,
  problem: MakeProblem,
): QuestionProblem[] {
  const shown = shortened(answer.text)
  if (wanted.form === 'number' && (answer.text.match(/\d+/g) ?? []).length !== 1) {
    return [problem('not_a_number', 'The question asks for one number.', shown, 'one number')]
  }
  if (wanted.form !== 'study-numbers') return []
  const wrong = answer.text
    .split(/[\s,;:()/]+/)
    .filter((word) => /\d/.test(word) && !isStudyNumber(word))
  if (wrong.length === 0 && studyNumbersIn(answer.text).length > 0) return []
  const message = 'The question asks for study numbers: s and six digits.'
  return [problem('not_study_numbers', message, wrong.join(', ') || shown, 's123456')]
}

const isStudyNumber = (word: string) => /^s\d{6}[.!]?$/i.test(word)

/** Each once. */
export function studyNumbersIn(text: string): string[] {
  return [...new Set(text.toLowerCase().match(/\bs\d{6}\b/g) ?? [])]
}

function lengthProblems(
  { answer, wanted, members }: AnsweredQuestion,
  problem: MakeProblem,
): QuestionProblem[] {
  const limits = wanted.words.map((limit) => forGroup(limit, members))
  if (limits.length === 0 || limits.some((limit) => keeps(answer.words, limit))) return []
  const text = limits.map((limit) => limitsText(limit, 'word')).join(' or ')
  const isShort = limits.every(({ min }) => answer.words < min)
  const got = counted(answer.words, 'word')
  return isShort
    ? [problem('too_short', `The answer is too short: ${got}, wanted ${text}.`, got, text)]
    : [problem('too_long', `The answer is too long: ${got}, wanted ${text}.`, got, text)]
}

/** Where the number of members is not known, one is the least and there is no most. */
function forGroup({ min, max, perMember }: WordLimits, members: number | undefined): Limits {
  if (!perMember) return { min, max }
  return {
    min: min * (members ?? 1),
    max: members === undefined || max === null ? null : max * members,
  }
}

function imageProblems(
  { wanted, images, endings }: AnsweredQuestion,
  problem: MakeProblem,
): QuestionProblem[] {
  const found: QuestionProblem[] = []
  const got = counted(images.length, 'image')
  if (wanted.images !== null && !keeps(images.length, wanted.images)) {
    const text = limitsText(wanted.images, 'image')
    const isFew = images.length < wanted.images.min
    found.push(
      problem(
        isFew ? 'image_missing' : 'too_many_images',
        `Got ${got}, wanted ${text}.`,
        got,
        text,
      ),
    )
  }
  for (const { target, line, state } of images) {
    const message = STATES[state]
    if (message !== undefined) {
      const one = problem('image_file_missing', `${target}: ${message}`, target, 'an image file')
      found.push({ ...one, line })
    }
    const isAllowed = endings.some((ending) => target.toLowerCase().endsWith(ending))
    if (endings.length === 0 || isAllowed || state === 'elsewhere') continue
    const text = endings.join(', ')
    const one = problem('image_type', `${target} is none of ${text}.`, target, text)
    found.push({ ...one, line })
  }
  return found
}

const STATES: Readonly<Partial<Record<ImageFile['state'], string>>> = {
  missing: 'the image is named, but there is no such file.',
  outside: 'the image lies outside of the project.',
  unreadable: 'the file is no image that a browser shows.',
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ')
  return line.length <= 60 ? line : `${line.slice(0, 59)}…`
}
