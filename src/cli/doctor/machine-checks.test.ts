import { describe, expect, it } from 'vitest'
import { judgeVariables } from './environment-checks.ts'
import { examine } from './finding.ts'
import {
  judgeClock,
  judgeDisk,
  judgeGit,
  judgeLibrary,
  judgeMemory,
  judgeNode,
  judgePlatform,
  judgePort,
  judgeProcessor,
} from './machine-checks.ts'
import { quotaOf } from './machine-facts.ts'

const GIB = 2 ** 30
const linux = { platform: 'linux', arch: 'x64', glibc: '2.36' }
const processor = {
  model: 'A processor',
  cores: 4,
  quota: undefined,
  features: ['sse', 'avx2'],
  threads: 2,
}
const port = { port: 8080, command: 'atelier serve', isFree: false, health: undefined }
const now = Date.UTC(2026, 10, 25)

describe('what is judged of a machine', () => {
  it.each([
    ['node', judgeNode('20.19.0', '>=20.19'), 'ok', '20.19.0'],
    ['node', judgeNode('24.1.0', '>=20.19'), 'ok', '24.1.0'],
    ['node', judgeNode('20.18.9', '>=20.19'), 'problem', 'wanted is 20.19'],
    ['node', judgeNode('18.20.0', '>=20.19'), 'problem', 'wanted is 20.19'],
    ['platform', judgePlatform(linux), 'ok', 'glibc 2.36'],
    ['platform', judgePlatform({ ...linux, glibc: undefined }), 'problem', 'without the GNU'],
    ['platform', judgePlatform({ ...linux, arch: 'riscv64' }), 'problem', 'no build'],
    ['platform', judgePlatform({ ...linux, platform: 'darwin' }), 'ok', 'darwin x64'],
    ['processor', judgeProcessor(processor), 'ok', '4 cores, avx2'],
    ['processor', judgeProcessor({ ...processor, features: ['sse'] }), 'warning', 'without AVX2'],
    ['processor', judgeProcessor({ ...processor, features: [] }), 'ok', '4 cores'],
    ['processor', judgeProcessor({ ...processor, quota: 1.5 }), 'warning', 'trainer.threads is 2'],
    ['processor', judgeProcessor({ ...processor, quota: 2 }), 'ok', 'may use 2.0'],
    ['memory', judgeMemory(8 * GIB, undefined), 'ok', '8.0 GiB'],
    ['memory', judgeMemory(8 * GIB, 0.5 * GIB), 'warning', '512 MiB (limit of the container'],
    ['memory', judgeMemory(0.25 * GIB, 2 ** 60), 'problem', 'too little'],
    ['disk', judgeDisk(10 * GIB), 'ok', '10.0 GiB free'],
    ['disk', judgeDisk(GIB), 'warning', '1.0 GiB free'],
    ['disk', judgeDisk(1000), 'problem', '0 MiB free'],
    ['clock', judgeClock(now, now - 2000), 'ok', '2026-11-25'],
    ['clock', judgeClock(now, now - 60_000), 'warning', '60 s apart'],
    ['clock', judgeClock(1000, 1000), 'problem', '1970-01-01'],
    ['git', judgeGit('git version 2.39.5\n', true), 'ok', '2.39.5'],
    ['git', judgeGit('git version 2.39.5\n', false), 'warning', 'no repository'],
    ['git', judgeGit(undefined, false), 'warning', 'not installed'],
    ['port', judgePort({ ...port, isFree: true }), 'ok', '8080 is free'],
    ['port', judgePort(port), 'warning', 'taken by another'],
    ['port', judgePort({ ...port, health: 'healthy' }), 'ok', 'answers there, healthy'],
    ['port', judgePort({ ...port, port: 0 }), 'skipped', 'any'],
    ['variables', judgeVariables({ PATH: '/', MODEL_URI: 'x' }), 'ok', 'MODEL_URI set'],
    ['variables', judgeVariables({ LOG_DIR: 'x', HOME: '/' }), 'ok', 'nothing is set'],
    ['variables', judgeVariables({ MODEL_URL: 'x' }), 'warning', 'MODEL_URL (MODEL_URI?)'],
    [
      'variables',
      judgeVariables({ ATELIER_TOKN: 'x' }),
      'warning',
      'ATELIER_TOKN (ATELIER_TOKEN?)',
    ],
    ['variables', judgeVariables({ ATELIER_QQQ: 'x' }), 'warning', 'ATELIER_QQQ (nothing?)'],
  ])('%s: %o is %s', (_, finding, status, text) => {
    expect(finding.status).toBe(status)
    expect(finding.message).toContain(text)
    // whoever is told of something bad is told what to do
    const isBad = status === 'warning' || status === 'problem'
    expect(finding.mend !== undefined).toBe(isBad)
  })

  it('judges a library by using it', async () => {
    expect(await judgeLibrary(async () => '1.0 works', 'Install it.')).toMatchObject({
      ...{ status: 'ok', message: '1.0 works' },
    })
    const broken = () => Promise.reject(new Error('libfoo.so: cannot open\nat …'))
    expect(await judgeLibrary(broken, 'Install it.')).toEqual({
      ...{ status: 'problem', message: 'libfoo.so: cannot open', mend: 'Install it.' },
    })
  })

  it('reads the limit of a container', () => {
    expect(quotaOf('150000 100000\n')).toBe(1.5)
    expect(quotaOf('max 100000\n')).toBeUndefined()
    expect(quotaOf('')).toBeUndefined()
  })
})

describe('examine', () => {
  it('makes a finding of what is thrown and of what does not end', async () => {
    const check = (look: () => Promise<never>) => ({ group: 'g', name: 'n', look })
    expect(
      await examine(
        check(() => Promise.reject(new TypeError('oh'))),
        5,
      ),
    ).toMatchObject({
      ...{ group: 'g', name: 'n', status: 'problem', message: 'oh' },
    })
    expect(
      await examine(
        check(() => new Promise(() => {})),
        0.02,
      ),
    ).toMatchObject({
      ...{ status: 'problem', message: expect.stringContaining('No answer within') },
    })
  })
})
