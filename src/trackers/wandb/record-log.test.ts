import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromBinary } from '@bufbuild/protobuf'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import golden from '../../../test/golden/wandb-files.json' with { type: 'json' }
import { RecordSchema } from '../protocol/generated/wandb_pb.ts'
import { artifactDigest } from './model-artifact.ts'
import { RecordLog, readRecordLog } from './record-log.ts'
import { historyRecord, recordBytes } from './run-records.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-wandb-'))
})
afterAll(() => rm(folder, { recursive: true }))

const payloads = golden.log.sizes.map((size, index) =>
  Uint8Array.from({ length: size }, (_, position) => (index * 31 + position) % 251),
)

async function written(batches: readonly (readonly Uint8Array[])[]): Promise<Buffer> {
  const path = join(folder, 'run.wandb')
  const log = await RecordLog.create(path)
  for (const batch of batches) await log.append(batch)
  await log.close()
  return readFile(path)
}

describe('RecordLog', () => {
  it("writes what W&B's own client writes, around the ends of blocks", async () => {
    const bytes = await written([payloads])
    expect(bytes.length).toBe(golden.log.bytes)
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(golden.log.sha256)
  })

  it('writes the same in several goes', async () => {
    const bytes = await written(payloads.map((payload) => [payload]))
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(golden.log.sha256)
  })
})

describe('readRecordLog', () => {
  it('gives back every record', async () => {
    const records = [...readRecordLog(await written([payloads]))]
    expect(records.map((record) => [...record])).toEqual(payloads.map((one) => [...one]))
  })

  it('leaves out a record that is cut off, wherever that is', async () => {
    const bytes = await written([payloads.slice(0, 5)])
    for (const length of [bytes.length - 1, bytes.length - 32754, 33_000, 8, 7]) {
      const records = [...readRecordLog(bytes.subarray(0, length))]
      expect(records.length).toBeLessThan(5)
      expect(records.map((record) => record.length)).toEqual(
        golden.log.sizes.slice(0, records.length),
      )
    }
  })

  it('refuses a damaged byte and another file', async () => {
    const bytes = await written([payloads])
    bytes[2000]! ^= 1
    expect(() => [...readRecordLog(bytes)]).toThrow(
      expect.objectContaining({ code: 'IMPORT_INVALID' }),
    )
    expect(() => [...readRecordLog(Buffer.from('hello, world'))]).toThrow(/not a .wandb file/)
  })

  it("reads a log of W&B's own", () => {
    const records = [...readRecordLog(Buffer.from(golden.small, 'base64'))]
    const [history, run] = records.map((record) => fromBinary(RecordSchema, record))
    expect(history!.content).toMatchObject({ case: 'history', value: { step: { num: 300n } } })
    expect(run!.content).toMatchObject({
      case: 'run',
      value: { runId: 'k3v9x2ab', project: 'shoes', tags: ['a', 'b'], git: { commit: 'c0ffee' } },
    })
  })
})

describe('recordBytes', () => {
  it("gives the bytes of W&B's own record", () => {
    const row = { step: 300, time: 0, values: { 'val/accuracy': 0.5 } }
    const { value } = historyRecord(row, 0) as { value: { item: { key: string }[] } }
    // ours has the times besides
    const item = value.item.filter(({ key }) => key !== '_runtime' && key !== '_timestamp')
    const bytes = recordBytes(7, { case: 'history', value: { ...value, item } })
    expect(Buffer.from(bytes).toString('hex')).toBe(golden.history)
  })
})

describe('artifactDigest', () => {
  it("is W&B's own", () => {
    const files = Object.entries(golden.artifact.files).map(([path, content]) => ({
      path,
      md5: createHash('md5').update(content).digest('base64'),
    }))
    expect(artifactDigest(files)).toBe(golden.artifact.digest)
  })
})
