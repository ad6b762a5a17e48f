/** A run of tests leaves nothing in the system's temporary folder, whatever becomes of its tests. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { packageRoot } from './support/training-project.ts'

const UNTIDY = `import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
const make = () => writeFileSync(join(mkdtempSync(join(tmpdir(), 'left-')), 'file'), '')
`

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-untidy-'))
})
afterAll(() => rm(folder, { recursive: true }))

it('is that of this very run', () => {
  expect(basename(dirname(folder))).toMatch(/^atelier-tests-/)
})

it('is empty after a test that failed, and one that killed its process', async () => {
  const [project, temporary] = [join(folder, 'project'), join(folder, 'temporary')]
  for (const each of [project, temporary]) await mkdir(each)
  const setup = join(packageRoot, 'test/support/temporary-folder.ts')
  const settings = { include: ['*.test.mjs'], globals: true, pool: 'forks', globalSetup: [setup] }
  const config = `export default ${JSON.stringify({ test: settings })}\n`
  await writeFile(join(project, 'vitest.config.mjs'), config)
  const failing = `${UNTIDY}it('fails', () => { make(); throw new Error('failed') })\n`
  await writeFile(join(project, 'failing.test.mjs'), failing)
  const killed = `${UNTIDY}it('dies', () => { make(); process.kill(process.pid, 'SIGKILL') })\n`
  await writeFile(join(project, 'killed.test.mjs'), killed)
  const words = [join(packageRoot, 'node_modules/vitest/vitest.mjs'), 'run', '--root', project]
  const env = {
    PATH: process.env['PATH'],
    NO_COLOR: '1',
    TMPDIR: temporary,
    TEMP: temporary,
    TMP: temporary,
  }
  const output = await new Promise<string>((done) => {
    execFile(process.execPath, words, { cwd: project, env }, (_, stdout, stderr) =>
      done(`${stdout}${stderr}`),
    )
  })
  expect(output).toContain('Error: failed')
  expect(output).toContain('Worker exited unexpectedly')
  expect(await readdir(temporary)).toEqual([])
})
