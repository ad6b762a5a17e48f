import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import golden from '../../../test/golden/mlflow-model.json' with { type: 'json' }
import { modelFolder } from './model-folder.ts'

const RECORD = { id: 'a-run', updated: '2026-11-25T17:30:00.125Z', weight_digest: 'd' }

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-mlflow-'))
  await writeFile(join(folder, 'model.onnx'), Buffer.from(golden.model, 'base64'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('modelFolder', () => {
  it('describes a model as MLflow itself does', async () => {
    const { description, files } = await modelFolder(join(folder, 'model.onnx'), 'r', RECORD)
    expect([...files.keys()].sort()).toEqual(golden.files)
    expect(description).toMatchObject({
      flavors: { onnx: golden.onnx, python_function: golden.python_function },
      run_id: 'r',
      utc_time_created: '2026-11-25 17:30:00.125000',
    })
    const { signature } = description as { signature: { inputs: string; outputs: string } }
    expect(JSON.parse(signature.inputs)).toEqual(JSON.parse(golden.signature.inputs))
    expect(JSON.parse(signature.outputs)).toEqual(JSON.parse(golden.signature.outputs))
  })
})
