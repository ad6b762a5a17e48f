/** The catalogue of errors, its documentation and its use in the sources say the same. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exitCodes } from '../src/cli/exit-codes.ts'
import { errorCatalogue } from '../src/core/index.ts'

const root = resolve(import.meta.dirname, '..')
const docs = readFileSync(join(root, 'docs/errors.md'), 'utf8')
const rows = docs
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
const documented = rows
  .filter(([code]) => /^`[A-Z_]+`$/.test(code!))
  .map(([code, kind, meaning, remedy]) => ({ code: code!.slice(1, -1), kind, meaning, remedy }))
const catalogued = Object.entries(errorCatalogue).map(([code, entry]) => ({ code, ...entry }))

describe('docs/errors.md', () => {
  it('lists exactly the codes of the catalogue, with their kind and meaning', () => {
    expect(documented.map(({ remedy, ...entry }) => entry)).toEqual(catalogued)
  })

  it('says for each what to do', () => {
    expect(documented.filter(({ remedy }) => !/^[A-Z].{15,}\.$/.test(remedy ?? ''))).toEqual([])
  })

  it('gives the exit code of each kind', () => {
    const kinds = rows.filter(([kind]) => kind! in exitCodes)
    expect(Object.fromEntries(kinds.map(([kind, code]) => [kind, Number(code)]))).toEqual(exitCodes)
  })
})

describe('errorCatalogue', () => {
  it('holds no code that the sources never throw', () => {
    const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|error-catalogue\.ts$/.test(file))
      .map((file) => readFileSync(join(root, 'src', file), 'utf8'))
    const unused = Object.keys(errorCatalogue).filter(
      (code) => !sources.some((text) => text.includes(`'${code}'`)),
    )
    expect(unused).toEqual([])
  })
})
