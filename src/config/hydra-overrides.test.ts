/** Equal to hydra-core on the inputs of test/golden/hydra-overrides.py. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import golden from '../../test/golden/hydra-overrides.json' with { type: 'json' }
import { typed, typedScalar } from '../../test/support/typed-config.ts'
import { ConfigSource } from './config-source.ts'
import { expandSweep } from './expand-sweep.ts'
import { parseOverride, valueNode } from './override.ts'
import { isElement, type OverrideElement, type OverrideValue } from './override-value.ts'

const TYPES = { change: 'CHANGE', add: 'ADD', force: 'FORCE_ADD', delete: 'DEL' } as const
const reversed = <T>(items: readonly T[]) => items.toReversed()

describe('parseOverride', () => {
  it.each(golden.keys as [string, object | null][])('reads the key of %j', (text, wanted) => {
    const got = attempt(() => {
      const { kind, key, package: pkg } = parseOverride(text)
      return { type: TYPES[kind], key, package: pkg ?? null }
    })
    expect(got).toEqual(wanted)
  })

  it.each(golden.values as [string, object | null][])('reads the value %j', (text, wanted) => {
    const got = attempt(() => {
      const override = parseOverride(`k=${text}`)
      return isElement(override.value!) ? typed(valueNode(override)) : typedSweep(override.value!)
    })
    // `shuffle([1,2,3])` is drawn at once, and the golden run reversed it
    expect(isDrawn(text) ? sortedItems(got) : got).toEqual(
      isDrawn(text) ? sortedItems(wanted) : wanted,
    )
  })

  it("refuses with the place: Hydra's error has it too", () => {
    const refused = golden.values.filter(([, value]) => value === null)
    const places = refused.map(([text]) => attemptError(() => parseOverride(`k=${text}`)))
    expect(places.length).toBeGreaterThan(80)
    expect(places.filter((place) => !/\(character \d+\)\.$/.test(place))).toEqual([])
  })
})

describe('expandSweep', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atelier-sweep-'))
    for (const [name, text] of Object.entries(golden.groups)) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), text)
    }
  })
  afterAll(() => rm(folder, { recursive: true }))

  it.each(golden.sweeps as [string[], string[][] | null][])(
    'makes the jobs of %j',
    async (overrides, wanted) => {
      const source = new ConfigSource([folder], folder)
      const got = await expandSweep(overrides, source, reversed).catch((error) => refusal(error))
      expect(got).toEqual(wanted)
    },
  )
})

const isDrawn = (text: string) => /^shuffle\((?:list=)?\[/.test(text)

function sortedItems(value: unknown): unknown {
  const { list } = value as { readonly list: readonly object[] }
  return list.map((item) => JSON.stringify(item)).sort()
}

function typedSweep(value: OverrideValue): object {
  const items = (elements: readonly OverrideElement[]) => elements.map(typedElement)
  switch (value.kind) {
    case 'choice':
      return { choice: items(value.items), simple: value.simple, shuffle: value.shuffle }
    case 'range':
      return {
        range: [value.start, value.stop, value.step].map(typedScalar),
        shuffle: value.shuffle,
      }
    case 'interval':
      return { interval: [value.start, value.end].map(typedScalar) }
    case 'glob':
      return { glob: value.include, exclude: value.exclude }
    default:
      throw new Error(`no sweep: ${value.kind}`)
  }
}

function typedElement(element: OverrideElement): object {
  if (element.kind === 'scalar') return typedScalar(element.scalar)
  if (element.kind === 'list') return { list: element.items.map(typedElement) }
  return { map: element.entries.map(([key, item]) => [key, typedElement(item)]) }
}

function attempt<T>(make: () => T): T | null {
  try {
    return make()
  } catch (error) {
    return refusal(error)
  }
}

function refusal(error: unknown): null {
  expect((error as { code?: string }).code, String(error)).toMatch(/^CONFIG_/)
  return null
}

function attemptError(make: () => unknown): string {
  try {
    make()
  } catch (error) {
    return (error as Error).message
  }
  return 'accepted'
}
