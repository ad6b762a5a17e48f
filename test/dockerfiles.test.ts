/** The Dockerfiles as text: what a linter finds, and our own rules. containers.test.ts builds and runs them. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { validate } from 'dockerfile-utils'
import { describe, expect, it } from 'vitest'
import { readText } from './support/repository.ts'
import { packageRoot } from './support/training-project.ts'

const NAMES = ['train', 'evaluate', 'api', 'monitor'] as const
const PORTS: Readonly<Record<string, number>> = { api: 8080, monitor: 8090 }

interface Instruction {
  readonly name: string
  readonly rest: string
}

/** Instructions with their continuation lines joined, without comments. */
function instructionsOf(text: string): Instruction[] {
  const lines = text.split('\n').filter((line) => !/^\s*(#|$)/.test(line))
  const joined = lines.join('\n').replace(/\\\n\s*/g, ' ')
  return joined.split('\n').map((line) => {
    const [, name = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? []
    return { name, rest }
  })
}

const read = (name: string) => readText(`docker/${name}.Dockerfile`)
const restsOf = (instructions: readonly Instruction[], name: string) =>
  instructions.filter((one) => one.name === name).map(({ rest }) => rest)

/** The instructions of the image itself, after the stages that make its parts. */
function lastStage(text: string): Instruction[] {
  const all = instructionsOf(text)
  return all.slice(all.findLastIndex(({ name }) => name === 'FROM'))
}

/** What stands before the image's own stage; the comments above it are each file's own. */
function sharedStages(text: string): string {
  return text.slice(text.indexOf('\nARG NODE_IMAGE'), text.lastIndexOf('\nFROM'))
}

describe.each(NAMES)('docker/%s.Dockerfile', (name) => {
  const text = read(name)
  const last = lastStage(text)

  it('has nothing that a linter complains of', () => {
    const found = validate(text).map(({ message, range }) => `${range.start.line + 1}: ${message}`)
    expect(found).toEqual([])
  })

  it('begins with one image, named by its digest', () => {
    const [base] = restsOf(instructionsOf(text), 'ARG')
    expect(base).toMatch(/^NODE_IMAGE=node:\d+-\w+-slim@sha256:[0-9a-f]{64}$/)
    const froms = restsOf(instructionsOf(text), 'FROM')
    expect(froms.filter((from) => !from.startsWith(`\${NODE_IMAGE} AS `))).toEqual([])
  })

  it('shares its first stages with the others', () => {
    expect(sharedStages(text)).toContain('npm ci --omit=dev')
    expect(sharedStages(text)).toBe(sharedStages(read('train')))
  })

  it('ends as a user without rights, with commands that no shell stands before', () => {
    expect(restsOf(last, 'USER')).toEqual(['1000:1000'])
    const afterUser = last.slice(last.findIndex(({ name: one }) => one === 'USER'))
    expect(restsOf(afterUser, 'RUN')).toEqual([])
    for (const command of [...restsOf(last, 'ENTRYPOINT'), ...restsOf(last, 'CMD')]) {
      expect(Array.isArray(JSON.parse(command))).toBe(true)
    }
  })

  it('says how healthy it is where it answers, and that it does not otherwise', () => {
    const [health = ''] = restsOf(last, 'HEALTHCHECK')
    const port = PORTS[name]
    if (port === undefined) expect(health).toBe('NONE')
    else expect(health).toMatch(new RegExp(`CMD \\["node", ".*healthcheck.mjs", "${port}"\\]$`))
    expect(restsOf(last, 'EXPOSE')).toEqual(port === undefined ? [] : [String(port)])
  })

  it('puts what changes most often last', () => {
    const order = ['node_modules', 'conf', '--from=build', 'USER', 'LABEL'].map((word) =>
      last.findIndex(({ name: one, rest }) => one === word || rest.includes(word)),
    )
    expect(order).toEqual(order.toSorted((a, b) => a - b))
    expect(order).not.toContain(-1)
  })

  it('copies only what is there and goes to the builder', () => {
    const ignore = readText('.dockerignore')
    const sources = restsOf(instructionsOf(text), 'COPY')
      .filter((rest) => !rest.startsWith('--from'))
      .flatMap((rest) => rest.split(/\s+/).slice(0, -1))
    expect(sources.length).toBeGreaterThan(5)
    for (const source of sources) {
      expect(existsSync(join(packageRoot, source)), source).toBe(true)
      expect(ignore.split('\n')).toContain(`!${source}`)
    }
  })
})

it('sends nothing to the builder that is not named', () => {
  const [first] = readText('.dockerignore')
    .split('\n')
    .filter((line) => !line.startsWith('#'))
  expect(first).toBe('*')
})
