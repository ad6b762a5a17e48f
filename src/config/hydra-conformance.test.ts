/** Equal to hydra-core and OmegaConf on the inputs of test/golden/hydra-config.py. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import golden from '../../test/golden/hydra-config.json' with { type: 'json' }
import { type Typed, typed, untyped } from '../../test/support/typed-config.ts'
import { composeTree } from './compose-tree.ts'
import { ConfigSource } from './config-source.ts'
import { resolveInterpolations } from './interpolation.ts'
import { type ConfigNode, mapNode, type Origin } from './node.ts'
import { parseOverride, valueNode } from './override.ts'
import { isSweep } from './override-value.ts'
import { toYaml } from './to-yaml.ts'
import { parseYaml } from './yaml-file.ts'

/** Where ours differs on purpose; docs/config.md gives the reasons to users. */
const DEVIATIONS: Readonly<Record<string, string>> = {
  'config +recipe=comment': 'a misplaced `# @package` line is refused, not passed over',
  [`1: x\na: \${1}`]: 'keys are texts',
  [`true: x\na: \${true}`]: 'keys are texts',
  [`a: \${b.1}\nb: {1: x}`]: 'keys are texts',
}
const ENVIRONMENT = { ATELIER_GOLDEN: '42' }
const ORIGIN: Origin = { kind: 'file', file: 'x', line: 1 }

describe('parseYaml', () => {
  it.each(golden.yaml_scalars as [string, Typed | null][])(
    'reads the scalar %j',
    (text, wanted) => {
      expect(attempt(() => fieldOf(parseYaml(`v: ${text}`, 'x'), 'v'))).toEqual(wanted)
    },
  )
})

describe('parseOverride', () => {
  it.each(golden.override_values as [string, Typed | null][])(
    'reads the value %j',
    (text, wanted) => {
      const override = attempt(
        () => parseOverride(`k=${text}`),
        (parsed) => parsed,
      )
      const isElsewhere = override !== null && isSweep(override.value!)
      const got = isElsewhere ? { sweep: true } : override && typed(valueNode(override))
      expect(got).toEqual(wanted)
    },
  )
})

describe('toYaml', () => {
  it.each(golden.yaml_dumps as [Typed, string][])('writes %j', (value, wanted) => {
    expect(toYaml(mapNode([['v', untyped(value)]], ORIGIN))).toBe(wanted)
  })
})

describe('composeTree', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atelier-hydra-'))
    for (const [name, text] of Object.entries(golden.files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), text)
    }
  })
  afterAll(() => rm(folder, { recursive: true }))

  const cases = golden.compositions.map((entry) => ({
    ...entry,
    line: [entry.primary, ...entry.overrides].join(' '),
  }))
  it.each(cases)('composes $line', async ({ primary, overrides, result, defaults }) => {
    const source = new ConfigSource([folder], folder)
    const compose = async () => {
      const { root, placements } = await composeTree(source, primary, overrides.map(parseOverride))
      const rows = placements.map(({ name, package: pkg, isSelf, parent }) => [
        name,
        pkg,
        isSelf,
        parent ?? null,
      ])
      return { result: typed(resolveInterpolations(root, ENVIRONMENT)), defaults: rows }
    }
    const got = await compose().catch((error: { code?: string }) => {
      if (!error.code?.startsWith('CONFIG_')) throw error
      return { result: null, defaults: null }
    })
    const line = [primary, ...overrides].join(' ')
    expect(got).toEqual(DEVIATIONS[line] ? { result: null, defaults: null } : { result, defaults })
  })
})

describe('resolveInterpolations', () => {
  it.each(golden.references as [string, Typed | null][])('resolves %j', (text, wanted) => {
    const got = attempt(() => resolveInterpolations(parseYaml(text, 'x'), ENVIRONMENT))
    const isText = DEVIATIONS[text] !== undefined
    expect(isText ? got !== null : got).toEqual(isText ? true : wanted)
  })
})

function attempt<T = ConfigNode, R = Typed>(
  make: () => T,
  convert: (value: T) => R = (value) => typed(value as ConfigNode) as R,
): R | null {
  let value: T
  try {
    value = make()
  } catch (error) {
    expect((error as { code?: string }).code).toMatch(/^CONFIG_/)
    return null
  }
  return convert(value)
}

function fieldOf(node: ConfigNode, key: string): ConfigNode {
  if (node.kind !== 'map') throw new Error('not a map')
  return node.entries.get(key)!
}
