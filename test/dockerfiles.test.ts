/** The Dockerfiles as text: what a linter finds, and our own rules. containers.test.ts builds and runs them. */
import { describe, expect, it } from 'vitest'
import {
  dockerfileContract,
  instructionsOf,
  restsOf,
  stageOf,
} from './support/dockerfile-contract.ts'
import { readText } from './support/repository.ts'
import { packageRoot } from './support/training-project.ts'

const NAMES = ['train', 'evaluate', 'api', 'monitor'] as const
const PORTS: Readonly<Record<string, number>> = { api: 8080, monitor: 8090 }

const read = (name: string) => readText(`docker/${name}.Dockerfile`)

/** What stands before the image's own stage; the comments above it are each file's own. */
function sharedStages(text: string): string {
  return text.slice(text.indexOf('\nARG NODE_IMAGE'), text.lastIndexOf('\nFROM'))
}

describe.each(NAMES)('docker/%s.Dockerfile', (name) => {
  const text = read(name)
  const ignore = readText('.dockerignore')
  dockerfileContract({ text, stage: name, port: PORTS[name], context: packageRoot, ignore })

  it('begins every stage with that image', () => {
    const froms = restsOf(instructionsOf(text), 'FROM')
    expect(froms.filter((from) => !from.startsWith(`\${NODE_IMAGE} AS `))).toEqual([])
  })

  it('shares its first stages with the others', () => {
    expect(sharedStages(text)).toContain('npm ci --omit=dev')
    expect(sharedStages(text)).toBe(sharedStages(read('train')))
  })

  it('puts what changes most often last', () => {
    const stage = stageOf(text, name)
    const order = ['node_modules', 'conf', '--from=build', 'USER', 'LABEL'].map((word) =>
      stage.findIndex(({ name: one, rest }) => one === word || rest.includes(word)),
    )
    expect(order).toEqual(order.toSorted((a, b) => a - b))
    expect(order).not.toContain(-1)
  })
})
