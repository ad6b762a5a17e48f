import { readFile } from 'node:fs/promises'
import { stringify } from 'yaml'
import type { RunRecord } from '../../contracts/index.ts'
import { sha256 } from '../../core/index.ts'
import { inspectModel } from '../../onnx/index.ts'
import type { ArtifactContent } from './mlflow-artifacts.ts'

/** Path of the folder among a run's artifacts. */
export const MODEL_PATH = 'model'

const PYTHON = '3.11.0'
const REQUIREMENTS = ['mlflow', 'onnx>=1.14', 'onnxruntime>=1.16', 'numpy']

export interface ModelFolder {
  /** What is in `MLmodel`. */
  readonly description: Readonly<Record<string, unknown>>
  /** By path inside the folder. */
  readonly files: ReadonlyMap<string, ArtifactContent>
}

/** A model as MLflow's onnx flavour wants it: the file, what goes in and comes out, what Python needs. */
export async function modelFolder(
  modelFile: string,
  mlflowRunId: string,
  { id, updated, weight_digest }: Pick<RunRecord, 'id' | 'updated' | 'weight_digest'>,
): Promise<ModelFolder> {
  const bytes = await readFile(modelFile)
  const description = {
    artifact_path: MODEL_PATH,
    flavors: flavors(),
    model_size_bytes: bytes.length,
    model_uuid: sha256(`${id} ${weight_digest}`).slice(0, 32),
    run_id: mlflowRunId,
    signature: signatureOf(bytes),
    utc_time_created: `${updated.slice(0, 10)} ${updated.slice(11, 23)}000`,
  }
  const conda = {
    name: 'mlflow-env',
    channels: ['conda-forge'],
    dependencies: [`python=${PYTHON}`, 'pip', { pip: REQUIREMENTS }],
  }
  const python = {
    python: PYTHON,
    build_dependencies: ['pip'],
    dependencies: ['-r requirements.txt'],
  }
  const files = new Map<string, ArtifactContent>([
    // before the description: who finds that finds the model
    ['model.onnx', { path: modelFile }],
    ['requirements.txt', Buffer.from(`${REQUIREMENTS.join('\n')}\n`)],
    ['conda.yaml', Buffer.from(stringify(conda))],
    ['python_env.yaml', Buffer.from(stringify(python))],
    ['MLmodel', Buffer.from(stringify(description, { defaultStringType: 'PLAIN' }))],
  ])
  return { description, files }
}

function flavors() {
  return {
    onnx: {
      code: null,
      data: 'model.onnx',
      onnx_session_options: null,
      providers: ['CUDAExecutionProvider', 'CPUExecutionProvider'],
    },
    python_function: {
      data: 'model.onnx',
      env: { conda: 'conda.yaml', virtualenv: 'python_env.yaml' },
      loader_module: 'mlflow.onnx',
      python_version: PYTHON,
    },
  }
}

/** Names, types and shapes of the inputs and outputs, as JSON in texts; -1 for a size that is free. */
function signatureOf(bytes: Uint8Array) {
  const { inputs, outputs } = inspectModel(bytes)
  const specs = (values: typeof inputs) =>
    JSON.stringify(
      values.map(({ name, dtype, shape }) => ({
        name,
        type: 'tensor',
        'tensor-spec': {
          dtype,
          shape: shape.map((size) => (typeof size === 'number' ? size : -1)),
        },
      })),
    )
  return { inputs: specs(inputs), outputs: specs(outputs), params: null }
}
