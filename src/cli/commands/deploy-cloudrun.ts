import { join, resolve } from 'node:path'
import { AtelierError, sha256File } from '../../core/index.ts'
import { defineCommand } from '../command.ts'
import { type CommandContext, printResult } from '../context.ts'
import {
  CLOUD_RUN_SERVICES,
  type CloudRunService,
  type CloudRunTarget,
  type DeployStep,
  planCloudRun,
} from '../deploy/cloud-run-plan.ts'
import { gcloudLine, runGcloud } from '../deploy/run-gcloud.ts'

export const deployCloudrunCommand = defineCommand({
  arguments: {
    services: { description: 'Of api, monitor and train; api when left out.', variadic: true },
  },
  options: {
    project: {
      type: 'string',
      description: 'Project of Google Cloud (GOOGLE_CLOUD_PROJECT).',
      short: 'p',
    },
    region: { type: 'string', description: 'Where it runs.', default: 'europe-west1' },
    images: {
      type: 'string',
      description: 'Registry of the images. Default: atelier in Artifact Registry of the project.',
      placeholder: 'ADDRESS',
    },
    tag: { type: 'string', description: 'Version of the images.', short: 't', default: 'main' },
    model: {
      type: 'string',
      description: 'Address of the model, or a file to upload. MODEL_URI, else models/model.onnx.',
      short: 'm',
      placeholder: 'MODEL',
    },
    bucket: {
      type: 'string',
      description: 'Bucket of models and of the registry. Default: PROJECT-atelier.',
    },
    public: { type: 'boolean', description: 'Let everybody predict, not only whom Google knows.' },
    minInstances: { type: 'integer', description: 'Instances that always run.', default: 0 },
    maxInstances: { type: 'integer', description: 'Instances at most.', default: 5 },
    dryRun: { type: 'boolean', description: 'Print the commands, run none.', short: 'n' },
  },
  overrides: false,
  examples: [
    {
      command: 'atelier deploy cloudrun -p my-project --dry-run',
      does: 'The commands of gcloud that would be run.',
    },
    {
      command: 'atelier deploy cloudrun api monitor -p my-project -m gs://my-models/model.onnx',
      does: 'Both services, with a model that is there already.',
    },
  ],
  async run(context, { arguments: { services }, options }) {
    const project = options.project ?? context.env['GOOGLE_CLOUD_PROJECT']
    if (project === undefined || project === '') {
      throw new AtelierError('USAGE', 'No project is named.', {
        hint: 'Give --project, or set GOOGLE_CLOUD_PROJECT.',
      })
    }
    const chosen = services.length === 0 ? (['api'] as const) : services.map(serviceOf)
    const wanted = options.model ?? context.env['MODEL_URI'] ?? join('models', 'model.onnx')
    const bucket = options.bucket ?? `${project}-atelier`
    const { region, tag, minInstances, maxInstances } = options
    const steps = planCloudRun({
      ...{ services: chosen, project, region, bucket, tag, minInstances, maxInstances },
      ...(await placeOf(context, wanted, chosen.includes('api') ? bucket : undefined)),
      images: options.images ?? `${region}-docker.pkg.dev/${project}/atelier`,
      isPublic: options.public,
    })
    if (options.dryRun) printPlan(context, steps)
    else await carryOut(context, steps)
  },
})

function serviceOf(word: string): CloudRunService {
  const found = CLOUD_RUN_SERVICES.find((name) => name === word)
  if (found !== undefined) return found
  throw new AtelierError('USAGE', `'${word}' is no service.`, {
    hint: `Choose among ${CLOUD_RUN_SERVICES.join(', ')}.`,
  })
}

type Place = Pick<CloudRunTarget, 'model' | 'upload'>

/** Where the service reads its model. A file goes to the bucket, under a name that follows from its bytes. */
async function placeOf(
  context: CommandContext,
  wanted: string,
  bucket: string | undefined,
): Promise<Place> {
  const isAddress = /^(\w+:\/\/|models:\/)/.test(wanted)
  if (isAddress) return { model: wanted, upload: undefined }
  // no file is wanted where nothing reads one
  if (bucket === undefined) return { model: 'models:/classifier', upload: undefined }
  const path = resolve(context.cwd, wanted)
  const digest = await sha256File(path).catch((cause: unknown) => {
    throw new AtelierError('MODEL_NOT_FOUND', `There is no model file ${wanted}.`, {
      hint: 'Train one, or name one with --model.',
      cause,
    })
  })
  return { model: `gs://${bucket}/models/${digest.slice(0, 16)}/model.onnx`, upload: path }
}

function printPlan(context: CommandContext, steps: readonly DeployStep[]): void {
  const commands = steps.map(({ does, words }) => ({ does, command: ['gcloud', ...words] }))
  printResult(context, { commands }, () => steps.map(({ words }) => gcloudLine(words)).join('\n'))
}

/** One after the other; the first failure ends it, and what was deployed before stays. */
async function carryOut(context: CommandContext, steps: readonly DeployStep[]): Promise<void> {
  const done: { does: string; result: string }[] = []
  for (const { does, words } of steps) {
    context.signal.throwIfAborted()
    context.logger.info(`${does}: ${gcloudLine(words)}`)
    done.push({ does, result: await runGcloud(context, words) })
  }
  printResult(context, { steps: done }, () =>
    done.map(({ does, result }) => `${does}: ${result === '' ? 'done' : result}`).join('\n'),
  )
}
