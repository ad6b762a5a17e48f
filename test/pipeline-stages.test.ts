/** Stages that commands write to `dvc.yaml`, byte for byte as DVC's own commands do. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { stageGolden } from './support/dvc-golden.ts'
import { runCommand } from './support/run-command.ts'

let folder = ''
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-stages-'))
  await atelier('data', 'init', '--no-scm')
  mkdirSync(join(folder, 'sub'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const atelier = (...argv: string[]) => runCommand(folder, argv)

const write = (text: string) => writeFileSync(join(folder, 'dvc.yaml'), text)
const read = () => readFileSync(join(folder, 'dvc.yaml'), 'utf8')

describe('atelier stage add, freeze and unfreeze', () => {
  it.each(stageGolden().cases.map((one, at) => [at, one] as const))(
    'write what DVC writes: case %i',
    async (_, { file, commands, texts, list }) => {
      if (file !== null) write(file)
      for (const [at, command] of commands.entries()) {
        expect(await atelier(...command)).toMatchObject({ code: 0, err: '' })
        expect(read(), command.join(' ')).toBe(texts[at])
      }
      const { stages } = JSON.parse((await atelier('stage', 'list', '--json')).out)
      const ours = stages.map(({ name, does }: { name: string; does: string }) => [name, does])
      expect(Object.fromEntries(ours)).toEqual(list)
    },
  )

  it('keep the form of a file that is not as DVC writes it', async () => {
    write('stages:\n    a:\n        cmd: echo "a"\n        deps:\n            - b\n')
    await atelier('stage', 'add', '-n', 'c', '-d', 'b', 'echo', 'c')
    await atelier('freeze', 'a')
    expect(read()).toBe(
      'stages:\n    a:\n        cmd: echo "a"\n        deps:\n            - b\n        frozen: true\n    c:\n      cmd: echo c\n      deps:\n      - b\n',
    )
    expect((await atelier('freeze', 'a', 'c')).out).toBe('a was frozen already\nc is frozen\n')
  })

  it('has git ignore what the cache keeps', async () => {
    mkdirSync(join(folder, '.git'))
    rmSync(join(folder, '.dvc'), { recursive: true })
    await atelier('data', 'init')
    await atelier('stage', 'add', '-n', 'a', '-o', 'kept', '-O', 'small', '-o', 'sub/x', 'run')
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('/kept\n')
    expect(readFileSync(join(folder, 'sub/.gitignore'), 'utf8')).toBe('/x\n')
  })

  it.each([
    ['a name that is taken', ['stage', 'add', '-n', 'a', 'run'], /PIPELINE_INVALID.*already/],
    ['no name', ['stage', 'add', 'run'], /USAGE.*--name is missing/],
    ['a name with a slash', ['stage', 'add', '-n', 'a/b', 'run'], /PIPELINE_INVALID.*'a\/b'/],
    [
      'an output of another stage',
      ['stage', 'add', '-n', 'b', '-o', 'made', 'run'],
      /PIPELINE_GRAPH.*made/,
    ],
    ['a circle', ['stage', 'add', '-n', 'b', '-d', 'made', '-o', 'in', 'run'], /PIPELINE_GRAPH/],
    ['a stage that is not there', ['freeze', 'b'], /PIPELINE_NOT_FOUND.*'b'/],
    ['a stage of many', ['freeze', 'each@1'], /PIPELINE_NOT_FOUND[\s\S]*below `do`/],
  ])('write nothing for %s', async (_, argv, message) => {
    const text =
      'stages:\n  a:\n    cmd: run\n    deps:\n    - in\n    outs:\n    - made\n  each:\n    foreach: [1]\n    do:\n      cmd: echo\n'
    write(text)
    expect((await atelier(...argv)).err).toMatch(message)
    expect(read()).toBe(text)
  })

  it('say so where stages are written in braces', async () => {
    write('stages: {a: {cmd: run}}\n')
    expect((await atelier('stage', 'add', '-n', 'b', 'run')).err).toContain('written in braces')
    rmSync(join(folder, 'dvc.yaml'))
    await atelier('stage', 'add', '-n', 'b', 'run', '--json', '-n', 'x')
    expect(read()).toBe('stages:\n  b:\n    cmd: run --json -n x\n')
    expect(existsSync(join(folder, 'dvc.lock'))).toBe(false)
  })
})
