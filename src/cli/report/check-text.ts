import { type CheckedQuestion, limitsText, type ReportCheck } from '../../reporting/index.ts'
import { formatTable } from '../table.ts'

/** A line for each question, then each failure with its place. */
export function reportCheckText(file: string, { questions, problems }: ReportCheck): string {
  const table = formatTable(
    [
      { title: 'question', align: 'right' },
      { title: 'verdict' },
      { title: 'words', align: 'right' },
      { title: 'wanted' },
      { title: 'section' },
    ],
    questions.map((question) => [
      String(question.number),
      question.verdict.replaceAll('_', ' '),
      String(question.words),
      wantedText(question),
      question.section,
    ]),
  )
  const ofQuestions = questions.flatMap((question) => [
    ...question.problems.map(
      ({ line, message }) => `${file}:${line}  question ${question.number}: ${message}`,
    ),
    ...question.warnings.map(
      (message) => `${file}:${question.line}  question ${question.number}, note: ${message}`,
    ),
  ])
  const lines = [
    ...problems.map(({ line, message }) => `${file}:${line}  ${message}`),
    ...ofQuestions,
  ]
  const good = questions.filter(({ verdict }) => verdict === 'ok').length
  return [
    table,
    lines.map(printable).join('\n'),
    `${good} of ${questions.length} answers are as asked for.`,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

/** Texts of the report must not move the cursor of a terminal. */
const printable = (line: string) => line.replace(/\p{Cc}/gu, '?')

function wantedText({ wanted }: CheckedQuestion): string {
  const words = wanted.words.map(
    (limits) => `${limitsText(limits, 'word')}${limits.perMember ? ' per member' : ''}`,
  )
  return [
    ...(words.length === 0 ? [] : [words.join(' or ')]),
    ...(wanted.images === null ? [] : [limitsText(wanted.images, 'image')]),
    ...(wanted.form === null ? [] : [wanted.form === 'number' ? 'a number' : 'study numbers']),
    ...(wanted.link ? ['a link'] : []),
  ].join(', ')
}
