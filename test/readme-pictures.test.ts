/** The pictures of README.md: there, shown with words for who cannot see them, small. */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { readText } from './support/repository.ts'
import { packageRoot } from './support/training-project.ts'

const MOST_BYTES = 150_000
const files = readdirSync(join(packageRoot, 'docs/pictures'))
const shown = [...readText('README.md').matchAll(/!\[([^\]]*)\]\((docs\/pictures\/[^)]+)\)/g)]

describe('the pictures of README.md', () => {
  it('are those that the script makes', () => {
    const made = [...readText('scripts/readme-pictures.mjs').matchAll(/save\(page, '(\w+)'\)/g)]
    expect(files.sort()).toEqual(made.map(([, name]) => `${name}.png`).sort())
  })

  it('are shown, each with a description', () => {
    expect(shown.map(([, , path]) => path).sort()).toEqual(
      files.map((name) => `docs/pictures/${name}`),
    )
    for (const [, text] of shown) expect(text!.length).toBeGreaterThan(20)
  })

  it.each(files)('%s is small and wide enough to read', async (name) => {
    const path = join(packageRoot, 'docs/pictures', name)
    expect(statSync(path).size).toBeLessThan(MOST_BYTES)
    const { format, width, height } = await sharp(path).metadata()
    expect(format).toBe('png')
    expect(width).toBeGreaterThan(1000)
    expect(height).toBeGreaterThan(500)
  })

  it('are not in the package', () => {
    expect(JSON.parse(readText('package.json')).files).toContain('!docs/pictures')
  })
})
