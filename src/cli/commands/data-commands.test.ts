import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from '../../../test/support/run-command.ts'

const SMALL = ['data=sketch', 'data.train=400', 'data.test=50', 'data.validation=50']
let cwd = ''

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'atelier-data-'))
})
afterAll(() => rm(cwd, { recursive: true }))

const atelier = (...argv: string[]) => runCommand(cwd, argv)

describe('atelier data', () => {
  it('says what to do before anything is prepared', async () => {
    const { code, err } = await atelier('data', 'stats', ...SMALL)
    expect(code).toBe(3)
    expect(err).toMatch(/^error\[DATA_NOT_FOUND\][\s\S]*atelier data prepare/)
  })

  it('prepares, and the second time finds it done', async () => {
    const first = JSON.parse((await atelier('data', 'prepare', '--json', ...SMALL)).out)
    expect(first).toMatchObject({ changed: true, manifest: { splits: { train: { size: 350 } } } })
    const second = JSON.parse((await atelier('data', 'prepare', '--json', ...SMALL)).out)
    expect(second).toEqual({ ...first, changed: false })
  })

  it('prints statistics and draws training samples', async () => {
    const { code, out } = await atelier('data', 'stats', ...SMALL)
    expect(code).toBe(0)
    expect(out).toMatch(/train +350 +0\.\d{4} +0\.\d{4}\n/)
    const png = await readFile(join(cwd, 'reports/figures/samples.png'))
    expect(png.subarray(1, 4).toString()).toBe('PNG')
  })

  it('refuses data that was prepared with other settings', async () => {
    const { code, err } = await atelier('data', 'stats', ...SMALL, 'data.seed=9')
    expect(code).toBe(4)
    expect(err).toContain('error[DATA_STALE]')
  })

  it('checks with exit code 0, and 1 after a byte was changed', async () => {
    expect(await atelier('data', 'check', ...SMALL)).toMatchObject({ code: 0, err: '' })
    const file = await open(join(cwd, 'data/processed/sketch/val.safetensors'), 'r+')
    const { size } = await file.stat()
    await file.write(Buffer.from([255]), 0, 1, size - 300)
    await file.close()
    const { code, out, err } = await atelier('data', 'check', '--json', ...SMALL)
    expect(code).toBe(1)
    expect(JSON.parse(out).findings[0].kind).toBe('digest-mismatch')
    expect(JSON.parse(err).error.code).toBe('DATA_FINDINGS')
  })
})
