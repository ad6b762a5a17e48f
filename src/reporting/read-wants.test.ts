import { describe, expect, it } from 'vitest'
import { readWants } from './read-wants.ts'

const words = (text: string) =>
  readWants(text).words.map(({ min, max, perMember }) => [min, max, perMember])
const images = (text: string) => {
  const { images: limits } = readWants(text)
  return limits === null ? null : [limits.min, limits.max]
}

describe('readWants', () => {
  it.each([
    ['Recommended answer length: 100-200 words.', [[100, 200, false]]],
    ['Recommended answer length: 100–200 words', [[100, 200, false]]],
    ['Answer in between 50 and 100 words', [[50, 100, false]]],
    ['100 to 200 words', [[100, 200, false]]],
    ['at least 80 words', [[80, null, false]]],
    ['more than 80 words', [[81, null, false]]],
    ['Max. 150 words', [[0, 150, false]]],
    ['no more than 150 words', [[0, 150, false]]],
    ['fewer than 150 words', [[0, 149, false]]],
    ['exactly 3 words', [[3, 3, false]]],
    ['about it, in 40 words', [[0, 40, false]]],
    ['50-100 words per group member', [[50, 100, true]]],
    [
      '100-200 words, in case of four members 200-300 words',
      [
        [100, 200, false],
        [200, 300, false],
      ],
    ],
    ['Explain with your own words why', []],
    ['There are 3 services', []],
  ])('%s: words %j', (text, wanted) => {
    expect(words(text)).toEqual(wanted)
  })

  it.each([
    ['Upload 1 to 3 screenshots that show the experiments', [1, 3]],
    ['Recommended answer length: 200-300 words + 1 to 3 screenshots.', [1, 3]],
    ['Insert 1-2 images of your bucket', [1, 2]],
    ['Add at least two diagrams', [2, null]],
    ['Add up to 2 figures', [0, 2]],
    ['Include a figure that describes it. Explain the steps in figure.', [1, 1]],
    ['Explain it. Additionally, include a nice big picture of it.', [1, 1]],
    ['Upload images of your history', [1, null]],
    ['This may include loss graphs, logged images, plots etc.', null],
    ['Feel free to include a figure.', null],
    ['You can take inspiration from [this figure](figures/a.png).', null],
    ['Explain how you used docker images', null],
  ])('%s: images %j', (text, wanted) => {
    expect(images(text)).toEqual(wanted)
  })

  it.each([
    ['Explain it and include a link to one of your files.', true],
    ['Please provide the link.', true],
    ['Feel free to insert a link to one of them.', false],
    ['Link your data with your bucket', false],
  ])('%s: a link %j', (text, wanted) => {
    expect(readWants(text).link).toBe(wanted)
  })

  it.each([
    ['Enter the group number you signed up on', 'number'],
    ['Enter the study number for each member in the group', 'study-numbers'],
    ['Enter the number of people you asked', 'number'],
    ['Give a number of examples', null],
    ['State the individual contributions of each team member.', null],
  ])('%s: form %j', (text, wanted) => {
    expect(readWants(text).form).toBe(wanted)
  })
})
