import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import golden from '../../../test/golden/tensorboard-events.json' with { type: 'json' }
import { EventFile, type TensorboardEvent } from './event-file.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-events-'))
})
afterAll(() => rm(folder, { recursive: true }))

const scalars = (step: number, wallTime: number, values: Readonly<Record<string, number>>) => ({
  wallTime,
  step: BigInt(step),
  what: {
    case: 'summary' as const,
    value: {
      value: Object.entries(values).map(([tag, value]) => ({
        tag,
        value: { case: 'simpleValue' as const, value },
      })),
    },
  },
})

const picture = {
  height: 2,
  width: 3,
  colorspace: 4,
  encodedImageString: Uint8Array.from({ length: 40 }, (_, i) => i),
}
const text = {
  dtype: 7,
  tensorShape: { dim: [{ size: 1n }] },
  stringVal: [Buffer.from('a text')],
}
const EVENTS: readonly TensorboardEvent[] = [
  scalars(1, 11, { loss: 0.5 }),
  scalars(300, 11.5, { loss: -1.25, accuracy: 0.75 }),
  {
    wallTime: 12.5,
    step: 9n,
    what: {
      case: 'summary',
      value: { value: [{ tag: 'figure', value: { case: 'image', value: picture } }] },
    },
  },
  {
    wallTime: 13,
    what: {
      case: 'summary',
      value: {
        value: [
          {
            tag: 'config',
            value: { case: 'tensor', value: text },
            metadata: { pluginData: { pluginName: 'text' } },
          },
        ],
      },
    },
  },
]

describe('EventFile', () => {
  it("writes what TensorBoard's own writer writes", async () => {
    const path = join(folder, 'events')
    const file = await EventFile.create(path, 10_250)
    await file.append(EVENTS.slice(0, 1))
    await file.append(EVENTS.slice(1))
    await file.close()
    expect((await readFile(path)).toString('base64')).toBe(golden.file)
  })
})
