import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkReport } from './check-report.ts'
import { imageFinder } from './image-file.ts'

const root = resolve(import.meta.dirname, '../..')
const fixture = join(root, 'test/fixtures/report/README.md')

async function check(path: string, questions?: number) {
  const options = { name: 'README.md', findImage: await imageFinder(path), questions }
  return checkReport(readFileSync(path, 'utf8'), options)
}

const lineOf = (path: string, text: string) =>
  readFileSync(path, 'utf8').split('\n').indexOf(text) + 1

describe('checkReport', () => {
  it('gives every question of a report its verdict', async () => {
    const { passed, questions } = await check(fixture)
    expect(passed).toBe(false)
    expect(questions.map(({ number, verdict }) => `${number} ${verdict}`)).toEqual([
      '1 ok',
      '2 not_study_numbers',
      '3 not_a_number',
      '4 ok',
      '5 too_short',
      '6 too_long',
      '7 ok',
      '8 unanswered',
      '9 unanswered',
      '10 placeholder_left',
      '11 ok',
      '12 ok',
      '13 image_missing',
      '14 too_many_images',
      '15 image_file_missing',
      '16 image_file_missing',
      '17 image_type',
      '18 image_file_missing',
      '19 link_missing',
      '20 ok',
      '21 ok',
      '23 answer_mark_missing',
      '24 ok',
      '24 ok',
      '22 ok',
      '25 ok',
    ])
  })

  it('says what was got, what is wanted, and in which line', async () => {
    const { questions } = await check(fixture)
    const problemsOf = (number: number) => questions.find((one) => one.number === number)!.problems
    expect(problemsOf(5)).toEqual([
      {
        kind: 'too_short',
        message: 'The answer is too short: 9 words, wanted 10 to 20 words.',
        line: lineOf(fixture, 'word1 word2 word3 word4 word5 word6 word7 word8 word9'),
        got: '9 words',
        wanted: '10 to 20 words',
      },
    ])
    expect(problemsOf(15)).toMatchObject([
      { got: 'figures/gone.png', line: lineOf(fixture, '![gone](figures/gone.png)') },
    ])
    expect(problemsOf(18)[0]!.message).toContain('outside of the project')
    expect(problemsOf(16)[0]!.message).toContain('no image that a browser shows')
    expect(problemsOf(2)).toMatchObject([{ got: 's20402' }])
    expect(problemsOf(8)).toMatchObject([{ got: 'the placeholder' }])
    expect(problemsOf(9)).toMatchObject([{ got: 'nothing' }])
  })

  it('counts words without images and says where the script of the course would judge otherwise', async () => {
    const { questions } = await check(fixture)
    const twelfth = questions.find(({ number }) => number === 12)!
    expect(twelfth).toMatchObject({ words: 3, section: 'Images', images: [{ state: 'found' }] })
    expect(twelfth.warnings).toEqual([expect.stringContaining('counts 12 words')])
    const asked = questions.find(({ number }) => number === 21)!
    expect(asked.warnings).toEqual([expect.stringContaining('holds no number')])
  })

  it('names what is wrong with the numbers and with code that never ends', async () => {
    const { problems } = await check(fixture, 27)
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^There are two questions 24, in lines \d+ and \d+\.$/),
      'Question 22 stands after question 24.',
      'Question 26 is missing.',
      'Question 27 is missing.',
      'A block of code begins and never ends.',
    ])
    expect(problems[4]!.line).toBe(lineOf(fixture, '# the end of this block was forgotten') - 1)
    const gap = await checkReport('### Question 2\n\n> Why?\n>\n> Answer:\n\nSo.\n', {
      ...{ name: 'x', findImage: await imageFinder(fixture), questions: undefined },
    })
    expect(gap.problems).toEqual([
      { kind: 'question_missing', message: 'Question 1 is missing.', line: 1 },
    ])
  })

  it('refuses a text without questions', async () => {
    await expect(check(join(root, 'README.md'))).rejects.toMatchObject({ code: 'REPORT_INVALID' })
  })
})

const example = resolve(root, '../shared/data/report/README.md')
const shared = [example, resolve(root, '../../shared/data/report/README.md')].find(existsSync)
const suite = `a report of the course${shared === undefined ? ` (${example} is not there)` : ''}`
describe.skipIf(shared === undefined)(suite, () => {
  /** Question, words counted apart from our code, limits as they stand in the text; -1: none. */
  const HAND = [
    [1, 1, -1, -1],
    [2, 4, -1, -1],
    [3, 103, 0, 200],
    [4, 166, 100, 200],
    [5, 148, 100, 200],
    [6, 102, 100, 200],
    [7, 51, 50, 100],
    [8, 137, 100, 200],
    [9, 138, 100, 200],
    [10, 119, 100, 200],
    [11, 206, 200, 300],
    [12, 74, 50, 100],
    [13, 100, 100, 200],
    [14, 226, 200, 300],
    [15, 199, 100, 200],
    [16, 102, 100, 200],
    [17, 55, 50, 200],
    [18, 103, 100, 200],
    [19, 0, -1, -1],
    [20, 0, -1, -1],
    [21, 0, -1, -1],
    [22, 100, 100, 200],
    [23, 171, 100, 200],
    [24, 158, 100, 200],
    [25, 176, 100, 200],
    [26, 168, 100, 200],
    [27, 148, 100, 200],
    [28, 96, 0, 200],
    [29, 256, 200, 400],
    [30, 277, 200, 400],
    [31, 222, 50, 300],
  ] as const
  /** Number of images, and the limits; the files are not beside the report. */
  const IMAGES: Readonly<Record<number, readonly [number, number, number]>> = {
    14: [2, 1, 3],
    19: [1, 1, 2],
    20: [2, 1, 2],
    21: [1, 1, 2],
    29: [1, 1, 1],
  }

  it('has the verdicts that a reader by hand comes to', async () => {
    const { questions, problems } = await check(shared!)
    expect(problems).toEqual([])
    expect(questions.map(({ number, words }) => [number, words])).toEqual(
      HAND.map(([number, words]) => [number, words]),
    )
    const limits = questions.map(({ wanted: { words } }) => [
      words[0]?.min ?? -1,
      words[0]?.max ?? -1,
    ])
    expect(limits).toEqual(HAND.map(([, , min, max]) => [min, max]))
    for (const { number, verdict, images, wanted } of questions) {
      const [count, min, max] = IMAGES[number] ?? [0, undefined, undefined]
      expect(
        images.map(({ state }) => state),
        `${number}`,
      ).toEqual(Array(count).fill('missing'))
      expect(wanted.images, `${number}`).toEqual(min === undefined ? null : { min, max })
      expect(verdict, `${number}`).toBe(count > 0 ? 'image_file_missing' : 'ok')
    }
    expect(questions.filter(({ wanted }) => wanted.link).map(({ number }) => number)).toEqual([15])
    expect(questions.map(({ wanted: { form } }) => form).slice(0, 3)).toEqual([
      'number',
      'study-numbers',
      null,
    ])
    expect(questions.filter(({ warnings }) => warnings.length > 0)).toEqual([])
  })
})
