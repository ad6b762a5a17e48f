import { AtelierError } from '../core/index.ts'
import { type CheckedQuestion, checkQuestion } from './check-question.ts'
import type { FindImage } from './image-file.ts'
import { studyNumbersIn } from './question-problems.ts'
import { readWants } from './read-wants.ts'
import { type ReportQuestion, type SplitReport, splitReport } from './split-report.ts'

/** Something that is wrong with the report as a whole. */
export interface ReportProblem {
  readonly kind: 'question_missing' | 'question_doubled' | 'question_misplaced' | 'code_unclosed'
  readonly message: string
  readonly line: number
}

export interface ReportCheck {
  readonly passed: boolean
  readonly questions: readonly CheckedQuestion[]
  readonly problems: readonly ReportProblem[]
}

export interface ReportCheckOptions {
  /** What the file is called in messages. */
  readonly name: string
  readonly findImage: FindImage
  /** How many questions there must be; undefined: as many as the highest number says. */
  readonly questions: number | undefined
}

/**
 * Holds each answer of a report against what its question asks for. Throws REPORT_INVALID where the text
 * has no questions.
 */
export async function checkReport(
  text: string,
  { name, findImage, questions: expected }: ReportCheckOptions,
): Promise<ReportCheck> {
  const split = splitReport(text)
  if (split.questions.length === 0) throw notAReport(name)
  const options = { findImage, endings: endingsIn(split.preamble), members: membersOf(split) }
  const questions: CheckedQuestion[] = []
  for (const question of split.questions) questions.push(await checkQuestion(question, options))
  const problems = [...numbering(split.questions, expected), ...unclosed(split)]
  const passed = problems.length === 0 && questions.every(({ verdict }) => verdict === 'ok')
  return { passed, questions, problems }
}

function notAReport(name: string): AtelierError {
  return new AtelierError('REPORT_INVALID', `${name} has no heading 'Question 1'.`, {
    hint: 'A report is Markdown with headings like `### Question 1`, each with a quote that ends with `Answer:`.',
  })
}

/** The endings that the introduction allows: "please only use `.png`, `.jpg` or `.jpeg`". */
function endingsIn(preamble: string): string[] {
  const [, list = ''] = /\bonly use\b([^)\n]*)/i.exec(preamble) ?? []
  return [...list.toLowerCase().matchAll(/\.[a-z]{3,4}\b/g)].map(([ending]) => ending)
}

function membersOf({ questions }: SplitReport): number | undefined {
  const asked = questions.find(({ prompt }) => readWants(prompt).form === 'study-numbers')
  const numbers = studyNumbersIn(asked?.answer ?? '')
  return numbers.length === 0 ? undefined : numbers.length
}

function numbering(
  questions: readonly ReportQuestion[],
  expected: number | undefined,
): ReportProblem[] {
  const problems: ReportProblem[] = []
  const first = new Map<number, number>()
  let highest = 0
  for (const { number, line } of questions) {
    const earlier = first.get(number)
    if (earlier !== undefined) {
      const message = `There are two questions ${number}, in lines ${earlier} and ${line}.`
      problems.push({ kind: 'question_doubled', message, line })
    } else if (number < highest) {
      const message = `Question ${number} stands after question ${highest}.`
      problems.push({ kind: 'question_misplaced', message, line })
    }
    first.set(number, earlier ?? line)
    highest = Math.max(highest, number)
  }
  const last = Math.max(expected ?? 0, Math.min(highest, MOST_QUESTIONS))
  for (let number = 1; number <= last; number++) {
    if (first.has(number)) continue
    const next = questions.find((question) => question.number > number) ?? questions.at(-1)!
    const message = `Question ${number} is missing.`
    problems.push({ kind: 'question_missing', message, line: next.line })
  }
  return problems
}

/** A slip of the pen, `Question 12345678`, is not a million missing questions. */
const MOST_QUESTIONS = 500

function unclosed({ unclosed: lines }: SplitReport): ReportProblem[] {
  return lines.map((line) => ({
    kind: 'code_unclosed',
    message: 'A block of code begins and never ends.',
    line,
  }))
}
