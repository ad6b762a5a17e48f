/** What we send, in the hands of W&B's, MLflow's and TensorBoard's own programs. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listRuns, type Run, readMetrics } from '../src/tracking/index.ts'
import { runAtelier } from './support/atelier-process.ts'
import { missingPython, type PythonServer, runPython, startMlflow } from './support/python-tools.ts'
import { createProject, type Project, SMALL } from './support/training-project.ts'
import { startWandbServer, type WandbServer } from './support/wandb-server.ts'

// before 0.23 its sync was another program, which asks a server for more than ours answers
const isOldWandb = missingPython('wandb.sdk.internal.datastore') === ''
const noWandb = isOldWandb ? ' (left out: wandb is older than 0.23)' : missingPython('wandb')
const noMlflow = missingPython('mlflow', 'onnx', 'onnxruntime')
const noTensorboard = missingPython('tensorboard')

const KEY = 'k'.repeat(40)
let project: Project
beforeAll(async () => {
  project = await createProject()
})
afterAll(() => project.remove())

const newest = async (): Promise<Run> => (await listRuns(join(project.folder, 'runs')))[0]!

async function atelier(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const done = await runAtelier(project.folder, args, { env })
  expect(done.stderr).not.toContain('error[')
  expect(done.code).toBe(0)
  return done
}

/** Runs a script with what it has to know, and gives what it prints as JSON. */
async function python(script: string, given: object, env: Readonly<Record<string, string>> = {}) {
  const path = join(project.folder, 'script.py')
  await writeFile(path, `import json, sys\ngiven = json.loads(sys.argv[1])\n${script}`)
  const { code, output } = await runPython([path, JSON.stringify(given)], project.folder, env)
  expect(output).not.toContain('Traceback')
  expect(code).toBe(0)
  return JSON.parse(output.trim().split('\n').at(-1)!)
}

async function stepsOf(run: Run) {
  const lines = await readMetrics(run.files.metrics)
  return lines.filter((line) => line.type === 'step')
}

describe.skipIf(noWandb)(`wandb sync${noWandb}`, () => {
  let server: WandbServer
  beforeAll(async () => {
    server = await startWandbServer(KEY)
  })
  afterAll(() => server.close())

  it('sends what we wrote while offline, all of it', async () => {
    await atelier(['train', ...SMALL, 'tracking=wandb', 'tracking.system_seconds=0.2'], {
      WANDB_TAGS: 'a,b',
      WANDB_NOTES: 'a note',
    })
    const run = await newest()
    const name = (await readdir(join(project.folder, 'wandb'))).find((one) => one.includes('run-'))!
    const env = { WANDB_API_KEY: KEY, WANDB_BASE_URL: server.url, WANDB_ERROR_REPORTING: 'false' }
    const sync = ['-m', 'wandb', 'sync', join('wandb', name)]
    const { code, output } = await runPython(sync, project.folder, env)
    expect(output).not.toMatch(/error|failed/i)
    expect(code).toBe(0)
    expect(server.complaints).toEqual([])
    const [sent] = server.runs.values()
    expect(sent!.bucket).toMatchObject({ notes: 'a note', tags: ['a', 'b'] })
    expect(JSON.parse(String(sent!.bucket['config']))).toMatchObject({ seed: { value: 42 } })
    const rows = [...sent!.history].sort(([a], [b]) => a - b).map(([, row]) => row)
    const steps = await stepsOf(run)
    expect(rows.map((row) => row['_step'])).toEqual(steps.map(({ step }) => step))
    expect(rows.map((row) => row['batch/loss'])).toEqual(steps.map(({ loss }) => loss))
    expect(sent!.summary).toMatchObject({ 'val/accuracy': run.record.best!.val_accuracy })
    expect(sent!.exitCode).toBe(0)
    expect([...sent!.output.values()].join('\n')).toContain('Best on validation')
    expect([...sent!.events.values()].some((row) => 'system.cpu' in row)).toBe(true)
    const paths = [...server.files.keys()]
    expect(paths.filter((path) => path.endsWith('.png'))).toHaveLength(2)
    const model = paths.find((path) => path.endsWith('model.onnx'))!
    expect(server.files.get(model)!.equals(await readFile(run.files.model))).toBe(true)
    expect(server.artifacts.map(({ committed }) => committed)).toEqual([true])
  }, 120_000)
})

describe.skipIf(noTensorboard)(`TensorBoard's reader${noTensorboard}`, () => {
  it('finds every scalar, figure and text', async () => {
    await atelier(['train', ...SMALL, 'tracking=tensorboard'])
    const run = await newest()
    const found = await python(
      `
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(given["folder"], size_guidance={"scalars": 0, "images": 0, "tensors": 0})
events.Reload()
print(json.dumps({
    "tags": events.Tags(),
    "losses": [[one.step, one.value] for one in events.Scalars("batch/loss")],
    "width": events.Images("figures/train_loss")[0].width,
    "text": events.Tensors("config")[0].tensor_proto.string_val[0].decode(),
}))`,
      { folder: join(project.folder, 'tensorboard', run.record.id) },
    )
    const steps = await stepsOf(run)
    expect(found.losses).toEqual(steps.map(({ step, loss }) => [step, Math.fround(loss)]))
    expect(found.tags.scalars).toContain('val/accuracy')
    expect(found.width).toBeGreaterThan(100)
    expect(found.text).toContain('seed: 42')
  }, 60_000)
})

const PREDICT = `
import mlflow, numpy, onnxruntime, warnings
warnings.filterwarnings("ignore")
mlflow.set_tracking_uri(given["uri"])
images = numpy.arange(4 * 784, dtype=numpy.uint8).reshape(4, 1, 28, 28)
local = onnxruntime.InferenceSession(given["file"]).run(["probabilities"], {"images": images})[0]
answers = []
for uri in given["models"]:
    model = mlflow.onnx.load_model(uri)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    answers.append(session.run(["probabilities"], {"images": images})[0])
    answers.append(mlflow.pyfunc.load_model(uri).predict({"images": images})["probabilities"])
signature = mlflow.models.get_model_info(given["models"][0]).signature
print(json.dumps({
    "equal": [bool((one == local).all()) for one in answers],
    "inputs": signature.inputs.to_dict(),
    "outputs": [one["name"] for one in signature.outputs.to_dict()],
}))`

const LOOK = `
import mlflow
from mlflow import MlflowClient
client = MlflowClient(given["uri"])
experiment = client.get_experiment_by_name(given["experiment"])
runs = client.search_runs([experiment.experiment_id])
run = next(one for one in runs if one.data.tags["atelier.run"] == given["run"])
history = client.get_metric_history(run.info.run_id, "batch/loss")
def files(path=None):
    for entry in client.list_artifacts(run.info.run_id, path):
        if entry.is_dir:
            yield from files(entry.path)
        else:
            yield entry.path
print(json.dumps({
    "count": len(runs),
    "id": run.info.run_id,
    "status": run.info.status,
    "params": run.data.params,
    "tags": run.data.tags,
    "metrics": run.data.metrics,
    "losses": sorted([one.step, one.value] for one in history),
    "files": sorted(files()),
}))`

describe.skipIf(noMlflow)(`an MLflow server${noMlflow}`, () => {
  let server: PythonServer
  beforeAll(async () => {
    await mkdir(join(project.folder, 'server'))
    server = await startMlflow(join(project.folder, 'server'))
  }, 150_000)
  afterAll(() => server?.stop())

  const env = () => ({ MLFLOW_TRACKING_URI: server.url, MLFLOW_EXPERIMENT_NAME: 'shoes' })
  const look = (run: Run) =>
    python(LOOK, { uri: server.url, experiment: 'shoes', run: run.record.id })

  it('gets a run, its model as a version, and gives Python the same answers', async () => {
    const register = ['tracking.mlflow.register=shoes', 'tracking.mlflow.alias=champion']
    const { stderr } = await atelier(['train', ...SMALL, 'tracking=mlflow', ...register], env())
    expect(stderr).not.toContain('warning')
    const run = await newest()
    const found = await look(run)
    const steps = await stepsOf(run)
    expect(found).toMatchObject({
      status: 'FINISHED',
      losses: steps.map(({ step, loss }) => [step, loss]),
      params: { 'model.type': 'mlp', 'hyperparameters.epochs': '2' },
      metrics: { 'best/val/accuracy': run.record.best!.val_accuracy },
    })
    expect(found.files).toEqual(
      expect.arrayContaining(['config.yaml', 'figures/train_loss.png', 'model/MLmodel']),
    )
    const models = [`runs:/${found.id}/model`, 'models:/shoes/1', 'models:/shoes@champion']
    const given = { uri: server.url, file: run.files.model, models }
    const answers = await python(PREDICT, given)
    expect(answers.equal).toEqual(Array(6).fill(true))
    expect(answers.inputs).toEqual([
      {
        name: 'images',
        type: 'tensor',
        'tensor-spec': { dtype: 'uint8', shape: [-1, 1, 28, 28] },
      },
    ])
    expect(answers.outputs).toContain('probabilities')
  }, 120_000)

  it('hears of an evaluation, and of nothing twice', async () => {
    const before = await look(await newest())
    await atelier(['evaluate', 'latest'], env())
    const run = await newest()
    const after = await look(run)
    expect(after.tags['atelier.test_looks']).toBe('1')
    expect(after.files).toEqual(expect.arrayContaining(['figures/confusion_matrix_normalized.png']))
    expect(after.losses).toEqual(before.losses)
    expect((await atelier(['sync'], env())).stdout).toContain('Nothing waits')
    expect((await look(run)).count).toBe(before.count)
  }, 120_000)

  it('gets a run that had no tracker, and the run comes back as it was', async () => {
    await atelier(['train', ...SMALL, 'seed=7'])
    const run = await newest()
    await atelier(['runs', 'tag', run.record.id, 'paper'])
    await atelier(['runs', 'note', run.record.id, 'a note'])
    await atelier(['sync', run.record.id, 'tracking=mlflow'], env())
    const { id } = await look(run)
    const { stdout } = await atelier(['runs', 'import', `mlflow:shoes/${id}`, '--json'], env())
    const [imported] = JSON.parse(stdout).imported
    const runs = await listRuns(join(project.folder, 'runs'))
    const back = runs.find(({ record }) => record.id === imported)!
    expect(back.record).toMatchObject({ status: 'completed', project: 'shoes', notes: 'a note' })
    expect(back.record.tags).toEqual(expect.arrayContaining(['paper', `mlflow:${id}`]))
    const lines = await readMetrics(back.files.metrics)
    const losses = lines.flatMap((line) =>
      line.type === 'log' && 'batch.loss' in line.values
        ? [[line.step, line.values['batch.loss']]]
        : [],
    )
    expect(losses).toEqual((await stepsOf(run)).map(({ step, loss }) => [step, loss]))
    const model = await readFile(join(back.folder, 'artifacts/model/model.onnx'))
    expect(model.equals(await readFile(run.files.model))).toBe(true)
    const again = await atelier(['runs', 'import', `mlflow:shoes/${id}`], env())
    expect(again.stdout).toContain('here already')
  }, 120_000)
})
