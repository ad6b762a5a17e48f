import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createReadTools } from './object-file.ts'
import { createObjectWriter, type ObjectWriter } from './object-writer.ts'

let objects = ''
let writer: ObjectWriter
beforeEach(() => {
  objects = mkdtempSync(join(tmpdir(), 'atelier-object-writer-'))
  writer = createObjectWriter(
    objects,
    'mark',
    createReadTools(() => {}),
  )
})
afterEach(() => rmSync(objects, { recursive: true, force: true }))

const nameOf = (two: string, digit: string) => `${two}${digit.repeat(30)}`
const fileOf = (md5: string) => join(objects, md5.slice(0, 2), md5.slice(2))
const textOf = (md5: string) => readFileSync(fileOf(md5), 'utf8')

describe('createObjectWriter', () => {
  it('has a new folder appear with all of its objects', () => {
    const [first, second, other] = [nameOf('ab', '1'), nameOf('ab', '2'), nameOf('cd', '1')]
    writer.write(first, Buffer.from('first'))
    writer.write(second, Buffer.from('second'))
    expect(readdirSync(objects)).toEqual([expect.stringMatching(/^\.ab\.mark[0-9a-f]{12}\.tmp$/)])
    writer.write(other, Buffer.from('other'))
    expect([textOf(first), textOf(second)]).toEqual(['first', 'second'])
    writer.finish()
    writer.close()
    expect(textOf(other)).toBe('other')
    expect(readdirSync(objects).sort()).toEqual(['ab', 'cd'])
    expect(statSync(fileOf(first)).mode & 0o777).toBe(0o444)
  })

  it('adds to a folder that is there, file by file', async () => {
    await mkdir(join(objects, 'ab'))
    const name = nameOf('ab', '1')
    writer.write(name, Buffer.from('one'))
    expect(textOf(name)).toBe('one')
    writer.finish()
    expect(readdirSync(join(objects, 'ab'))).toEqual([name.slice(2)])
  })

  it('moves its objects into a folder that another made meanwhile', async () => {
    const [mine, theirs] = [nameOf('ab', '1'), nameOf('ab', '2')]
    writer.write(mine, Buffer.from('mine'))
    await mkdir(join(objects, 'ab'))
    await writeFile(fileOf(theirs), 'theirs')
    writer.finish()
    expect([textOf(mine), textOf(theirs)]).toEqual(['mine', 'theirs'])
    expect(readdirSync(objects)).toEqual(['ab'])
  })

  it('takes away what was not finished', () => {
    writer.write(nameOf('ab', '1'), Buffer.from('one'))
    writer.close()
    expect(readdirSync(objects)).toEqual([])
  })
})
