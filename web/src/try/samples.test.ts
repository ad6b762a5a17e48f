import { describe, expect, it } from 'vitest'
import { SAMPLES, samplesFor } from './samples.ts'

const GARMENTS = SAMPLES.map(({ label }) => label)

describe('samplesFor', () => {
  it('gives all ten to a model of garments, however their names are spelled', () => {
    expect(samplesFor(GARMENTS)).toHaveLength(10)
    const original = GARMENTS.map((name) => (name === 'T-shirt' ? 'T-shirt/top' : name))
    expect(samplesFor(original)).toHaveLength(10)
    const folders = GARMENTS.map((name) => name.toLowerCase().replaceAll(' ', '_'))
    expect(samplesFor(folders)).toHaveLength(10)
  })

  it('gives only those that the model can name', () => {
    const known = GARMENTS.slice(0, 6)
    expect(samplesFor([...known, 'hat']).map(({ label }) => label)).toEqual(known)
  })

  it('gives none to a model of something else', () => {
    expect(samplesFor(['cat', 'dog', 'bag'])).toEqual([])
    expect(samplesFor([])).toEqual([])
  })
})
