import { AtelierError } from '../../core/index.ts'
import { checkReport, imageFinder, type ReportCheck } from '../../reporting/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { reportCheckText } from '../report/check-text.ts'
import { readReport, reportArgument } from '../report/read-report.ts'

export const reportCheckCommand = defineCommand({
  arguments: { file: reportArgument },
  options: {
    questions: {
      type: 'integer',
      description: 'How many questions there must be; as many as the last says when left out.',
      placeholder: 'N',
    },
  },
  overrides: false,
  examples: [
    { command: 'atelier report check', does: 'Exit code 1 if an answer is not as asked for.' },
    { command: 'atelier report check reports/README.md --json', does: 'The same for a script.' },
    {
      command: 'atelier report check --questions 31',
      does: 'The last ones may not be lost either.',
    },
  ],
  async run(context, { arguments: { file }, options: { questions } }) {
    const { path, name, text } = await readReport(context.cwd, file)
    const findImage = await imageFinder(path)
    const check = await checkReport(text, { name, findImage, questions })
    printResult(context, { file: name, ...check }, () => reportCheckText(name, check))
    if (!check.passed) throw findings(name, check)
  },
})

function findings(name: string, { questions, problems }: ReportCheck): AtelierError {
  const failed = questions.filter(({ verdict }) => verdict !== 'ok').map(({ number }) => number)
  const parts = [
    ...(failed.length === 0
      ? []
      : [`${failed.length} of ${questions.length} answers are not as asked for`]),
    ...(problems.length === 0
      ? []
      : [
          `${problems.length} ${problems.length === 1 ? 'thing is' : 'things are'} wrong with the whole`,
        ]),
  ]
  return new AtelierError('REPORT_FINDINGS', `${name}: ${parts.join(', ')}.`, {
    hint: 'Limits are read from the text of each question: docs/project-report.md tells how.',
    data: { questions: failed, problems: problems.map(({ kind }) => kind) },
  })
}
