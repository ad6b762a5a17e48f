import { describe, expect, it } from 'vitest'
import { splitReport } from './split-report.ts'

const quote = '\n\n> Why?\n>\n> Answer:\n\n'

describe('splitReport', () => {
  it.each([
    ['### Question 7', 7, 'Question 7'],
    ['## QUESTION 7.', 7, 'QUESTION 7.'],
    ['### **Question 12**', 12, 'Question 12'],
    ['### Question 3: the tests ###', 3, 'Question 3: the tests'],
    ['   # Question #4', 4, 'Question #4'],
  ])('takes %j for a question', (heading, number, text) => {
    const { questions } = splitReport(`${heading}${quote}So.`)
    expect(questions).toMatchObject([{ number, heading: text, answer: 'So.', line: 1 }])
  })

  it.each(['### Questions 7', 'Question 7', '### Question seven', '    ### Question 7'])(
    'takes %j for none',
    (heading) => {
      expect(splitReport(`${heading}${quote}So.`).questions).toEqual([])
    },
  )

  it('gives an answer its line, with any line ends, and ends it at the next heading', () => {
    const text = `## Part\n\n### Question 1${quote}\nSo,\nand so.\n\n#### More\n\nyes\n\n## Next\n\n> About it.\n\n### Question 2\n> Why?\n>\n> **Answer:** at once\n`
    for (const one of [text, text.replaceAll('\n', '\r\n'), `\uFEFF${text}`]) {
      const { questions } = splitReport(one)
      expect(questions).toMatchObject([
        {
          section: 'Part',
          answerLine: 10,
          answer: 'So,\nand so.\n\n#### More\n\nyes',
          prompt: 'Why?',
        },
        { section: 'Next', answerLine: 24, answer: 'at once', line: 21 },
      ])
    }
  })

  it('reads what is asked up to the example, without marks that formatters left', () => {
    const { questions } = splitReport(
      '### Question 1\n\n> **Tell _it_, so** > **that we know.**\n>\n> Between 1 and 2 words.\n>\n> Example:\n> _We ... 100 words_\n>\n> Answer:\n',
    )
    expect(questions[0]!.prompt).toBe('Tell it, so that we know. Between 1 and 2 words.')
  })

  it('looks past code, and past a fence that swallowed the next question', () => {
    const code = '```md\n### Question 9\n\n> no\n```'
    const text = `### Question 1${quote}${code}\n\n### Question 2${quote}\`\`\`sh\nls\n\n### Question 3${quote}\`\`\`sh\nls\n\`\`\`\n`
    const { questions, unclosed } = splitReport(text)
    expect(questions.map(({ number }) => number)).toEqual([1, 2, 3])
    expect(questions[0]!.answer).toBe(code)
    expect(unclosed).toEqual([text.split('\n').indexOf('```sh') + 1])
  })
})
