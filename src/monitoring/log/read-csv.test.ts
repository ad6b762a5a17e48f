import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CsvSource, csvFile } from './csv-source.ts'
import { readCsv } from './read-csv.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-csv-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function file(text: string): CsvSource {
  const path = join(folder, 'log.csv')
  writeFileSync(path, text)
  return csvFile(path)
}

describe('readCsv', () => {
  const wanted = { numbers: ['a', 'b'], texts: ['class'] }

  it('reads numbers and texts, quoted ones too', async () => {
    const text =
      'id,class,b,a\r\n1,"shoe, left",2.5,-1e3\r\n2,"say ""hi""\nthere",,inf\n3,shoe,nan,"7"\n'
    const { count, header, numbers, texts } = await readCsv(file(text), wanted)
    expect([count, header]).toEqual([3, ['id', 'class', 'b', 'a']])
    expect([...numbers['a']!]).toEqual([-1000, Number.POSITIVE_INFINITY, 7])
    expect([...numbers['b']!]).toEqual([2.5, Number.NaN, Number.NaN])
    expect(texts['class']!.names).toEqual(['shoe, left', 'say "hi"\nthere', 'shoe'])
    expect([...texts['class']!.codes]).toEqual([0, 1, 2])
  })

  it('reads more rows than fit into one piece, the last without a line end', async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => `${i},c${i % 3},${i / 7},0.123456789012`)
    const path = file(`a,class,b,x\n${rows.join('\n')}`)
    const { count, numbers, texts } = await readCsv(path, wanted)
    expect([count, numbers['a']!.at(-1), numbers['b']!.at(-1)]).toEqual([
      60_000,
      59_999,
      59_999 / 7,
    ])
    expect(texts['class']!.names).toEqual(['c0', 'c1', 'c2'])
  })

  it('reads numbers of any length to the bit', async () => {
    const cells = ['0.1', '-0.30000000000000004', '123456789012345', '1234567890123456', '.5', '5.']
    cells.push(
      '-0',
      '1e-5',
      '0x10',
      ' 7 ',
      '-',
      '.',
      '1.2.3',
      '0.000000000000001',
      '99999999.9999999',
    )
    const path = file(`a,b,class\n${cells.map((cell) => `${cell},"${cell}",x`).join('\n')}\n`)
    const { numbers } = await readCsv(path, wanted)
    const wantedNumbers = cells.map(Number)
    expect([...numbers['b']!]).toEqual(wantedNumbers)
    const plain = file(`a,b,class\n${cells.map((cell) => `${cell},1,x`).join('\n')}\n`)
    expect([...(await readCsv(plain, wanted)).numbers['a']!]).toEqual(wantedNumbers)
  })

  it('reads times as the engine does, without a zone as UTC', async () => {
    const times = ['2026-11-25T09:30:00Z', '1969-02-28T23:59:59.9996Z', '2000-02-29 00:00:00.5Z']
    times.push(
      '2024-12-31T01:02:03.004005Z',
      '1600-03-01T00:00:00.07Z',
      '2026-01-01T00:00:00+02:00',
    )
    times.push('2026-02-30T00:00:00Z', '2026-13-01T00:00:00Z', '2026-11-25T24:00:00Z', 'soon', '')
    const path = file(`t\n${times.map((time) => `${time}\n`).join('')}2026-11-25 09:30:00.25\n`)
    const table = await readCsv(path, { numbers: [], texts: [], times: ['t'] })
    const engine = times.filter(Boolean).map((time) => Date.parse(time.replace(' ', 'T')))
    expect([...table.times['t']!]).toEqual([...engine, Date.UTC(2026, 10, 25, 9, 30, 0, 250)])
  })

  it('tells texts apart whose hashes are equal', async () => {
    const names = ['costarring', 'liquid', 'declinate', 'macallums', 'costarring', 'liquid']
    const path = file(`a,b,class\n${names.map((name) => `1,2,${name}`).join('\n')}\n`)
    const { names: seen, codes } = (await readCsv(path, wanted)).texts['class']!
    expect(Array.from(codes, (code) => seen[code])).toEqual(names)
  })

  it('lets optional columns be absent', async () => {
    const { numbers, texts } = await readCsv(file('a\n1\n'), {
      ...wanted,
      optional: ['b', 'class'],
    })
    expect([Object.keys(numbers), Object.keys(texts)]).toEqual([['a'], []])
  })

  it.each([
    ['a missing column', 'a,class\n1,x\n', /no column b; its columns are a, class/],
    [
      'a line of another length',
      'a,b,class\n1,2,x\n1,2\n',
      /line 3 has 2 cells, the first line has 3/,
    ],
    ['an empty file', '', /it is empty/],
  ])('refuses %s', async (_, text, reason) => {
    await expect(readCsv(file(text), wanted)).rejects.toMatchObject({
      code: 'LOG_INVALID',
      message: expect.stringMatching(reason),
    })
  })

  it('says which file is not there', async () => {
    const path = join(folder, 'nowhere.csv')
    await expect(readCsv(csvFile(path), wanted)).rejects.toThrow(
      `${path} cannot be read: there is no such file`,
    )
  })
})
