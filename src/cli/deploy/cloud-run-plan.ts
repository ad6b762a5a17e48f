import { AtelierError } from '../../core/index.ts'

export const CLOUD_RUN_SERVICES = ['api', 'monitor', 'train'] as const
export type CloudRunService = (typeof CLOUD_RUN_SERVICES)[number]

export interface CloudRunTarget {
  readonly services: readonly CloudRunService[]
  readonly project: string
  readonly region: string
  /** Where the images are: `REGION-docker.pkg.dev/PROJECT/REPOSITORY`. */
  readonly images: string
  readonly tag: string
  /** Bucket of models, of what training registers, and of whatever else is kept. */
  readonly bucket: string
  /** What the service answers with: an address that it can read. */
  readonly model: string
  /** A file to be uploaded to `model` first. */
  readonly upload: string | undefined
  /** Whether predictions are open to everybody. */
  readonly isPublic: boolean
  readonly minInstances: number
  readonly maxInstances: number
}

/** One call of gcloud, and what it is for. */
export interface DeployStep {
  readonly does: string
  readonly words: readonly string[]
}

/** What gcloud reads as one value; a comma would begin the next one. */
const SHAPES = {
  project: /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
  region: /^[a-z]+-[a-z]+[0-9]+$/,
  images: /^[a-z0-9][a-z0-9./:_-]{2,200}$/,
  bucket: /^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/,
  tag: /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/,
  model: /^(gs|s3|https|http):\/\/[A-Za-z0-9._/@%+-]{3,500}$|^models:\/[A-Za-z0-9._/@-]{1,200}$/,
} as const

/** The calls of gcloud that bring a target about, in their order. Throws USAGE. */
export function planCloudRun(target: CloudRunTarget): DeployStep[] {
  for (const key of Object.keys(SHAPES) as (keyof typeof SHAPES)[]) {
    if (SHAPES[key].test(target[key])) continue
    throw new AtelierError('USAGE', `'${target[key]}' cannot be the ${key} of a deployment.`, {
      hint: `Wanted something that matches ${SHAPES[key].source}.`,
    })
  }
  if (target.minInstances > target.maxInstances) {
    const { minInstances, maxInstances } = target
    throw new AtelierError('USAGE', `From ${minInstances} to ${maxInstances} instances is nothing.`)
  }
  const steps = { api: apiStep, monitor: monitorStep, train: trainStep }
  const upload = target.services.includes('api') ? uploadSteps(target) : []
  return [...upload, ...target.services.map((service) => steps[service](target))]
}

function uploadSteps({ upload, model, project }: CloudRunTarget): DeployStep[] {
  if (upload === undefined) return []
  const words = ['storage', 'cp', '--no-clobber', upload, model, `--project=${project}`]
  return [{ does: 'Upload the model', words }]
}

function apiStep(target: CloudRunTarget): DeployStep {
  return {
    does: 'Deploy the prediction service',
    words: [
      ...['run', 'deploy', 'atelier-api', ...common(target, 'api')],
      ...[`--set-env-vars=MODEL_URI=${target.model}`],
      '--set-secrets=ATELIER_TOKEN=atelier-token:latest,DATABASE_URL=atelier-database-url:latest',
      ...['--cpu=2', '--memory=1Gi', '--cpu-boost', '--concurrency=64', '--timeout=30s'],
      ...[`--min-instances=${target.minInstances}`, `--max-instances=${target.maxInstances}`],
      ...['--port=8080', probe('startup', '/health'), probe('liveness', '/')],
      target.isPublic ? '--allow-unauthenticated' : '--no-allow-unauthenticated',
      '--format=value(status.url)',
    ],
  }
}

function monitorStep(target: CloudRunTarget): DeployStep {
  return {
    does: 'Deploy the drift service',
    words: [
      ...['run', 'deploy', 'atelier-monitor', ...common(target, 'monitor')],
      '--set-secrets=ATELIER_TOKEN=atelier-token:latest,DATABASE_URL=atelier-database-url:latest',
      ...['--cpu=1', '--memory=1Gi', '--concurrency=8', '--timeout=60s'],
      ...['--min-instances=0', '--max-instances=2', '--port=8090', probe('startup', '/health')],
      ...['--no-allow-unauthenticated', '--format=value(status.url)'],
    ],
  }
}

/** A job has no disk that outlives it: what it trained goes to the registry, whose files are in the bucket. */
function trainStep(target: CloudRunTarget): DeployStep {
  const atelier = 'node /opt/atelier/dist/main/atelier.js'
  const store = `registry.store=gs://${target.bucket}/registry`
  const script = [
    `${atelier} data prepare`,
    `${atelier} train`,
    `${atelier} models register ${store}`,
  ].join(' && ')
  return {
    does: 'Deploy the training job',
    words: [
      ...['run', 'jobs', 'deploy', 'atelier-train', ...common(target, 'train')],
      '--set-secrets=DATABASE_URL=atelier-database-url:latest',
      // what stands between the two ^ divides the words in place of commas
      ...['--command=sh', `--args=^;^-c;${script}`],
      ...['--cpu=4', '--memory=4Gi', '--task-timeout=3600s', '--max-retries=1'],
      '--format=value(metadata.name)',
    ],
  }
}

function common({ project, region, images, tag }: CloudRunTarget, name: CloudRunService) {
  return [
    `--project=${project}`,
    `--region=${region}`,
    `--image=${images}/atelier-${name}:${tag}`,
    // each with rights of its own, and no more: deploy/terraform makes them
    `--service-account=atelier-${name}@${project}.iam.gserviceaccount.com`,
    '--quiet',
  ]
}

/** A revision gets no traffic before it is well; one that stays silent is started anew. */
function probe(kind: 'startup' | 'liveness', path: string): string {
  const often = kind === 'startup' ? 'periodSeconds=2,failureThreshold=60' : 'periodSeconds=30'
  return `--${kind}-probe=httpGet.path=${path},${often},timeoutSeconds=2`
}
