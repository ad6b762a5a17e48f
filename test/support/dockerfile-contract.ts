/** What every image keeps to, ours and those of a new project: what a linter finds, and our own rules. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { validate } from 'dockerfile-utils'
import { expect, it } from 'vitest'

export interface Instruction {
  readonly name: string
  readonly rest: string
}

export interface DockerImage {
  readonly text: string
  /** The stage that is the image. */
  readonly stage: string
  /** Where it answers; undefined for what ends by itself. */
  readonly port: number | undefined
  /** Absolute: what is sent to the builder. */
  readonly context: string
  readonly ignore: string
  /** Files that are made only later: a lock file. */
  readonly later?: readonly string[]
}

/** Instructions with their continuation lines joined, without comments. */
export function instructionsOf(text: string): Instruction[] {
  const lines = text.split('\n').filter((line) => !/^\s*(#|$)/.test(line))
  const joined = lines.join('\n').replace(/\\\n\s*/g, ' ')
  return joined.split('\n').map((line) => {
    const [, name = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? []
    return { name, rest }
  })
}

export const restsOf = (instructions: readonly Instruction[], name: string) =>
  instructions.filter((one) => one.name === name).map(({ rest }) => rest)

/** The instructions of a stage, those of the stages it begins with before them. */
export function stageOf(text: string, stage: string): Instruction[] {
  const all = instructionsOf(text)
  const start = all.findIndex(({ name, rest }) => name === 'FROM' && rest.endsWith(` AS ${stage}`))
  if (start < 0) return []
  const end = all.findIndex(({ name }, i) => i > start && name === 'FROM')
  const own = all.slice(start, end < 0 ? undefined : end)
  const [, parent = ''] = /^(\S+) AS /.exec(own[0]!.rest) ?? []
  return [...stageOf(text, parent), ...own]
}

export function dockerfileContract(image: DockerImage): void {
  const { text, port, context, ignore, later = [] } = image
  const stage = stageOf(text, image.stage)

  it('has nothing that a linter complains of', () => {
    const found = validate(text).map(({ message, range }) => `${range.start.line + 1}: ${message}`)
    expect(found).toEqual([])
  })

  it('begins with one image, named by its digest', () => {
    const [base] = restsOf(instructionsOf(text), 'ARG')
    expect(base).toMatch(/^NODE_IMAGE=node:\d+-\w+-slim@sha256:[0-9a-f]{64}$/)
    const [from] = restsOf(stage, 'FROM')
    expect(from).toMatch(/^\$\{NODE_IMAGE\} AS /)
  })

  it('ends as a user without rights, with commands that no shell stands before', () => {
    expect(restsOf(stage, 'USER')).toEqual(['1000:1000'])
    const afterUser = stage.slice(stage.findIndex(({ name: one }) => one === 'USER'))
    expect(restsOf(afterUser, 'RUN')).toEqual([])
    const commands = [...restsOf(stage, 'ENTRYPOINT'), ...restsOf(stage, 'CMD')]
    expect(commands.length).toBe(2)
    for (const command of commands) expect(Array.isArray(JSON.parse(command))).toBe(true)
  })

  it('says how healthy it is where it answers, and that it does not otherwise', () => {
    const [health = ''] = restsOf(stage, 'HEALTHCHECK')
    if (port === undefined) expect(health).toBe('NONE')
    else expect(health).toMatch(new RegExp(`CMD \\["node", ".*healthcheck.mjs", "${port}"\\]$`))
    expect(restsOf(stage, 'EXPOSE')).toEqual(port === undefined ? [] : [String(port)])
  })

  it('copies only what is there and goes to the builder', () => {
    const sources = restsOf(instructionsOf(text), 'COPY')
      .filter((rest) => !rest.startsWith('--from'))
      .flatMap((rest) => rest.split(/\s+/).slice(0, -1))
    expect(sources.length).toBeGreaterThan(4)
    for (const source of sources) {
      expect(later.includes(source) || existsSync(join(context, source)), source).toBe(true)
      expect(ignore.split('\n')).toContain(`!${source}`)
    }
  })

  it('sends nothing to the builder that is not named', () => {
    const [first] = ignore.split('\n').filter((line) => !line.startsWith('#'))
    expect(first).toBe('*')
  })
}
