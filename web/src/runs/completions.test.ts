import { describe, expect, it } from 'vitest'
import { completionsAt } from './completions.ts'

const keys = ['val.accuracy', 'val.loss', 'model.type', 'data.validation', 'seed']
const at = (text: string) => completionsAt(text, text.length, keys)

describe('completionsAt', () => {
  it('offers keys with the word in them, those that start with it first', () => {
    expect(at('val')?.keys).toEqual(['val.accuracy', 'val.loss', 'data.validation'])
    expect(at('seed = 1 and mod')?.keys).toEqual(['model.type'])
  })

  it('offers nothing for values, words and whole keys', () => {
    for (const text of ['', 'seed = v', 'model.type = "va', 'seed', 'seed = 1 and']) {
      expect(at(text), text).toBeNull()
    }
  })

  it('puts the key into the place of the word', () => {
    const text = 'not mo and seed = 1'
    const offer = completionsAt(text, 6, keys)
    expect(offer?.apply(offer.keys[0]!)).toBe('not model.type and seed = 1')
  })
})
