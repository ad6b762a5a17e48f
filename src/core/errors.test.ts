import { writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { AtelierError, toAtelierError } from './errors.ts'

describe('AtelierError', () => {
  it('has the kind that the catalogue gives its code', () => {
    const error = new AtelierError('DATA_CORRUPT', 'got 3 bytes, wanted 4', { hint: 'Fetch anew.' })
    expect(error).toMatchObject({ kind: 'input', hint: 'Fetch anew.', data: {} })
    expect(error.name).toBe('AtelierError')
    expect('cause' in error).toBe(false)
  })
})

describe('toAtelierError', () => {
  it('leaves an expected failure as it is', () => {
    const error = new AtelierError('USAGE', 'no such command')
    expect(toAtelierError(error)).toBe(error)
  })

  it('makes anything else a defect and keeps it as the cause', () => {
    const thrown = new TypeError('x is undefined')
    expect(toAtelierError(thrown)).toMatchObject({
      code: 'INTERNAL',
      kind: 'internal',
      message: 'x is undefined',
      cause: thrown,
    })
    expect(toAtelierError('text').message).toBe('text')
  })

  it.runIf(process.platform === 'linux')(
    'knows a full disk, which no write can foresee (Linux: /dev/full)',
    async () => {
      const thrown = await writeFile('/dev/full', 'text').catch((error: unknown) => error)
      expect(toAtelierError(thrown)).toMatchObject({
        code: 'DISK_FULL',
        message: expect.stringContaining('ENOSPC'),
        cause: thrown,
      })
    },
  )
})
