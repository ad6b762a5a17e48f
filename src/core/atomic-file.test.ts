import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { replaceFile, writeFileAtomic } from './atomic-file.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-atomic-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('writeFileAtomic', () => {
  it('creates missing folders and leaves nothing but the file', async () => {
    const path = join(folder, 'a', 'b', 'note.txt')
    await writeFileAtomic(path, 'ä first')
    await writeFileAtomic(path, Uint8Array.of(104, 105))
    expect(await readFile(path, 'utf8')).toBe('hi')
    expect(await readdir(join(folder, 'a', 'b'))).toEqual(['note.txt'])
  })

  it('gives a reader the old file or the new one, whole, while writers race', async () => {
    const path = join(folder, 'race.txt')
    const contents = ['a', 'b', 'c'].map((letter) => letter.repeat(100_000))
    await writeFileAtomic(path, contents[0]!)
    let writing = true
    const writers = Promise.all(
      contents.map(async (content) => {
        for (let i = 0; i < 5; i++) await writeFileAtomic(path, content)
      }),
    ).finally(() => {
      writing = false
    })
    while (writing) expect(contents).toContain(await readFile(path, 'utf8'))
    await writers
    expect(await readdir(folder)).toEqual(['race.txt'])
  })
})

describe('replaceFile', () => {
  it('keeps the old file and removes the new one when writing fails half-way', async () => {
    const path = join(folder, 'state.json')
    await writeFile(path, 'old')
    const failing = replaceFile(path, async (file) => {
      await file.writeFile('half of the new')
      throw new Error('no space left on device')
    })
    await expect(failing).rejects.toThrow('no space left')
    expect(await readFile(path, 'utf8')).toBe('old')
    expect(await readdir(folder)).toEqual(['state.json'])
  })

  it('removes the new file when it cannot take its place', async () => {
    const path = join(folder, 'taken')
    await mkdir(join(path, 'by-a-folder'), { recursive: true })
    await expect(writeFileAtomic(path, 'text')).rejects.toThrow()
    expect(await readdir(folder)).toEqual(['taken'])
  })
})
