/** The compiled command as a process of its own. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')

describe('atelier, as a process', () => {
  const cli = join(root, 'dist/main/atelier.js')

  async function start(args: readonly string[], readOutput = true) {
    if (!existsSync(cli)) throw new Error('not compiled: run `node scripts/setup.mjs`')
    const child = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    const texts = { out: '', err: '' }
    child.stdout.on('data', (chunk: Buffer) => {
      texts.out += chunk.toString()
    })
    if (!readOutput) child.stdout.destroy()
    child.stderr.on('data', (chunk: Buffer) => {
      texts.err += chunk.toString()
    })
    const code = await new Promise<number | null>((done) => child.on('close', done))
    return { code, ...texts }
  }

  it('keeps results on stdout and errors on stderr', async () => {
    const good = await start(['config', 'data=sketch'])
    expect(good).toMatchObject({ code: 0, err: '' })
    expect(good.out).toContain('name: sketch\n')
    const bad = await start(['config', 'sed=7'])
    expect(bad).toMatchObject({ code: 2, out: '' })
    expect(bad.err).toContain("Did you mean 'seed'?")
  })

  it('survives a reader that goes away', async () => {
    expect(await start(['config', '--keys', '--json'], false)).toMatchObject({ code: 0, err: '' })
  })
})

describe('atelier --help', () => {
  it('loads no package: only Node and our own small files', () => {
    const seen = new Set<string>()
    const packages = new Set<string>()
    const visit = (file: string) => {
      if (seen.has(file)) return
      seen.add(file)
      const text = readFileSync(file, 'utf8').replace(/import type [^']*'[^']*'/g, '')
      for (const [, specifier] of text.matchAll(/^(?:import|export)[^']*? from '([^']+)'/gm)) {
        if (specifier!.startsWith('.')) visit(resolve(dirname(file), specifier!))
        else if (!specifier!.startsWith('node:')) packages.add(specifier!)
      }
    }
    visit(join(root, 'src/main/atelier.ts'))
    expect(seen.size).toBeGreaterThan(10)
    expect([...packages]).toEqual([])
  })
})
