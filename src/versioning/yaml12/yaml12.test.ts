import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseYaml } from '../../config/index.ts'
import { resolveYaml12Scalar } from './resolve-scalar.ts'
import { toValue } from './to-value.ts'
import { equalValues, pythonJson, sortByCodePoint } from './value.ts'
import { writeYaml12 } from './write-yaml.ts'

interface Case {
  readonly input: string
  readonly yaml: string
  readonly json: string
  /** DVC itself reads something else back. */
  readonly lossy: boolean
}

const golden = join(import.meta.dirname, '../../../test/golden/dvc-yaml.json')
const { cases } = JSON.parse(readFileSync(golden, 'utf8')) as { readonly cases: readonly Case[] }
const read = (text: string) => toValue(parseYaml(text, 'x.yaml', resolveYaml12Scalar))

describe('YAML of DVC', () => {
  it('is read as DVC reads it', () => {
    expect(cases.length).toBeGreaterThan(250)
    for (const { input, json } of cases) expect(pythonJson(read(input))).toBe(json)
  })

  it('is written byte for byte', () => {
    const sound = cases.filter(({ lossy }) => !lossy)
    expect(sound.length).toBeGreaterThan(200)
    for (const { input, yaml } of sound) expect(writeYaml12(read(input))).toBe(yaml)
  })

  it('reads back what it wrote, also where DVC does not', () => {
    expect(cases.some(({ lossy }) => lossy)).toBe(true)
    for (const { input } of cases) {
      const value = read(input)
      if (input.includes('.nan')) continue
      expect(equalValues(read(writeYaml12(value)), value), input).toBe(true)
    }
  })
})

describe('equalValues', () => {
  it('compares as Python does', () => {
    expect(equalValues(read('{a: 1, b: [x]}'), read('{b: [x], a: 1.0}'))).toBe(true)
    expect(equalValues(read('[true]'), read('[1]'))).toBe(true)
    for (const [a, b] of [
      ['a: 1', 'a: "1"'],
      ['[1]', '[1, 2]'],
      ['{a: 1}', '{b: 1}'],
      ['null', 'false'],
    ]) {
      expect(equalValues(read(a!), read(b!)), `${a} and ${b}`).toBe(false)
    }
    expect(equalValues(undefined, null)).toBe(false)
  })
})

describe('sortByCodePoint', () => {
  it('puts what is above U+FFFF last', () => {
    expect(sortByCodePoint(['😀', '\ufffd', 'b', 'a', 'aa'])).toEqual([
      'a',
      'aa',
      'b',
      '\ufffd',
      '😀',
    ])
  })
})
