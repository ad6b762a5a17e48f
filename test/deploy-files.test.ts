/** deploy/ and what else others read: against their schemas, against each other, against the code. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { type DeployStep, planCloudRun } from '../src/cli/deploy/cloud-run-plan.ts'
import { runTool, toolsMissing } from './support/dev-tools.ts'
import { type Resources, readResources } from './support/read-terraform.ts'
import { filesIn, readText, readYaml, readYamlAll } from './support/repository.ts'
import { providerTypes, resourceProblems } from './support/terraform-types.ts'
import { packageRoot } from './support/training-project.ts'

type Json = Readonly<Record<string, unknown>>

const KUBERNETES = ['deploy/kubernetes/api.yaml', 'deploy/kubernetes/monitor.yaml']
const plan = planCloudRun({
  ...{ services: ['api', 'monitor', 'train'], project: 'the-project', region: 'europe-west1' },
  ...{
    images: 'europe-west1-docker.pkg.dev/the-project/atelier',
    tag: 'main',
    bucket: 'the-project-atelier',
  },
  ...{ model: 'gs://the-project-atelier/models/model.onnx', upload: undefined },
  ...{ isPublic: false, minInstances: 0, maxInstances: 5 },
})

let resources: Resources = {}
beforeAll(async () => {
  resources = await readResources('deploy/terraform')
})

const step = (name: string): DeployStep =>
  plan.find(({ words }) => words.includes(`atelier-${name}`))!
/** The value of `--flag=value` in a call of gcloud. */
const flag = (name: string, key: string) =>
  step(name)
    .words.find((word) => word.startsWith(`--${key}=`))
    ?.slice(key.length + 3)

interface Container {
  readonly image: string
  readonly args?: readonly string[]
  readonly ports?: readonly { readonly containerPort: number }[]
  readonly resources: { readonly limits: Readonly<Record<string, string>> }
}
interface PodSpec {
  readonly serviceAccountName: string
  readonly containers: readonly Container[]
  readonly containerConcurrency?: number
  readonly timeoutSeconds: number
}

describe('Cloud Run, said in three ways', () => {
  it.each(['api', 'monitor'])('%s is the same as a file and as commands', (name) => {
    const { spec } = readYaml<{ spec: { template: { metadata: Json; spec: PodSpec } } }>(
      `deploy/cloudrun/${name}.yaml`,
    )
    const pod = spec.template.spec
    const [container] = pod.containers
    const said = (text: string | undefined) => text?.replaceAll('the-project', 'PROJECT')
    expect(container!.image).toBe(said(flag(name, 'image')))
    expect(pod.serviceAccountName).toBe(said(flag(name, 'service-account')))
    expect(String(container!.ports![0]!.containerPort)).toBe(flag(name, 'port'))
    expect(container!.resources.limits).toEqual({
      cpu: flag(name, 'cpu'),
      memory: flag(name, 'memory'),
    })
    expect(String(pod.containerConcurrency)).toBe(flag(name, 'concurrency'))
    expect(`${pod.timeoutSeconds}s`).toBe(flag(name, 'timeout'))
    const { annotations } = spec.template.metadata as { annotations: Json }
    expect(annotations['autoscaling.knative.dev/maxScale']).toBe(flag(name, 'max-instances'))
  })

  it('train runs the same commands as a file and as commands', () => {
    const job = readYaml<{ spec: { template: { spec: { template: { spec: PodSpec } } } } }>(
      'deploy/cloudrun/train.yaml',
    ).spec.template.spec.template.spec
    const [, script] = job.containers[0]!.args!
    expect(`^;^-c;${script!.trim()}`).toBe(
      flag('train', 'args')!.replaceAll('the-project', 'PROJECT'),
    )
    expect(readText('deploy/terraform/services.tf')).toContain(
      'models register registry.store=gs://',
    )
  })

  it('and in Terraform', () => {
    const services = resources['google_cloud_run_v2_service']!
    for (const name of ['api', 'monitor']) {
      const [template] = services[name]![0]!['template'] as Json[]
      const [container] = template!['containers'] as Json[]
      expect(template!['timeout']).toBe(flag(name, 'timeout'))
      expect(String(template!['max_instance_request_concurrency'])).toBe(flag(name, 'concurrency'))
      const [{ limits }] = container!['resources'] as [{ limits: Json }]
      expect(limits).toEqual({ cpu: flag(name, 'cpu'), memory: flag(name, 'memory') })
    }
  })
})

describe('the rights of the services', () => {
  const grants = () =>
    Object.entries(resources)
      .filter(([type]) => type.endsWith('_iam_member'))
      .flatMap(([type, named]) =>
        Object.entries(named).map(([name, [body]]) => ({ type, name, body: body! })),
      )

  it('are each for one thing, never for the project, and none is owner, editor or admin', () => {
    expect(grants().length).toBeGreaterThan(7)
    for (const { type, name, body } of grants()) {
      expect(type, name).not.toMatch(/project_iam/)
      expect(String(body['role']), name).not.toMatch(/owner|editor|admin/i)
    }
    expect(Object.keys(resources).filter((type) => /_iam_(policy|binding)$/.test(type))).toEqual([])
  })

  it('open predictions to everybody only where somebody said so', () => {
    const open = grants().filter(({ body }) => body['member'] === 'allUsers')
    expect(open.map(({ name }) => name)).toEqual(['everybody'])
    expect(String(open[0]!.body['count'])).toContain('var.public')
  })

  it('write no secret down', () => {
    expect(Object.keys(resources)).not.toContain('google_secret_manager_secret_version')
    expect(Object.keys(resources)).not.toContain('google_service_account_key')
  })
})

describe('the manifests for Kubernetes', () => {
  const objects = filesIn('deploy/kubernetes', '.yaml').flatMap((file) => readYamlAll<Json>(file))
  const ofKind = (kind: string) => objects.filter((object) => object['kind'] === kind)

  it('are all there', () => {
    const kinds = objects.map(({ kind }) => kind)
    expect(new Set(kinds)).toEqual(
      new Set([
        ...['Deployment', 'Service', 'ServiceAccount', 'HorizontalPodAutoscaler'],
        ...['PodDisruptionBudget', 'ServiceMonitor', 'InferenceService'],
      ]),
    )
  })

  it('name labels, ports and metrics that there are', () => {
    const deployments = JSON.stringify(ofKind('Deployment'))
    for (const service of ofKind('Service')) {
      const { selector } = service['spec'] as { selector: Record<string, string> }
      for (const label of Object.values(selector)) expect(deployments).toContain(`"${label}"`)
    }
    const [autoscaler] = ofKind('HorizontalPodAutoscaler')
    const { metrics, scaleTargetRef } = autoscaler!['spec'] as {
      metrics: { pods?: { metric: { name: string } } }[]
      scaleTargetRef: { name: string }
    }
    const [pods] = metrics.flatMap(({ pods: one }) => (one ? [one.metric.name] : []))
    expect(readText('src/http/service/service-metrics.ts')).toContain(`'${pods}'`)
    expect(scaleTargetRef.name).toBe('atelier-api')
  })

  it('run without rights, and end after the service has drained', () => {
    for (const object of [...ofKind('Deployment'), ...ofKind('InferenceService')]) {
      const text = JSON.stringify(object)
      expect(text).toContain('"runAsNonRoot":true')
      expect(text).toContain('"readOnlyRootFilesystem":true')
      expect(text).toContain('"drop":["ALL"]')
    }
    const { drain_seconds: drain } = readYaml<{ drain_seconds: number }>(
      'conf/serving/default.yaml',
    )
    const grace = /terminationGracePeriodSeconds: (\d+)/.exec(readText(KUBERNETES[0]!))![1]
    expect(Number(grace)).toBeGreaterThan(drain + 5)
  })
})

it('every process of the Procfile is a command with a program of the build', () => {
  const lines = readText('Procfile').trim().split('\n')
  expect(lines.map((line) => line.split(':')[0])).toEqual(['web', 'monitor'])
  for (const line of lines) expect(line).toContain('node dist/main/atelier.js ')
})

const missing = toolsMissing('check-jsonschema', 'kubernetes-validate')
const schemaSuite = missing === undefined ? 'schemas of others' : `schemas of others (${missing})`
describe.skipIf(missing !== undefined)(schemaSuite, () => {
  it.each([
    ['vendor.compose-spec', ['compose.yaml']],
    ['vendor.cloudbuild', ['cloudbuild.yaml']],
    ['vendor.dependabot', ['.github/dependabot.yml']],
    ['vendor.github-workflows', filesIn('.github/workflows', '.yaml')],
  ])('%s takes %j', async (schema, files) => {
    const ended = await runTool('check-jsonschema', ['--builtin-schema', schema, ...files])
    expect(ended.code, ended.stdout).toBe(0)
  })

  it('Kubernetes takes the manifests, and would not take a wrong one', async () => {
    const ended = await runTool('kubernetes-validate', ['--strict', ...KUBERNETES])
    expect(ended.code, ended.stdout + ended.stderr).toBe(0)
    const wrong = await runTool('kubernetes-validate', ['--strict', 'compose.yaml'])
    expect(wrong.code).not.toBe(0)
  }, 60_000)
})

const noTerraform = toolsMissing('npm', 'tar')
const terraformSuite =
  noTerraform === undefined ? 'the google provider' : `the provider (${noTerraform})`
describe.skipIf(noTerraform !== undefined)(terraformSuite, () => {
  it('knows every resource and attribute, and misses none', async () => {
    const types = await providerTypes()
    const problems = Object.entries(resources).flatMap(([type, named]) =>
      Object.values(named).flatMap((bodies) =>
        bodies.flatMap((body) => resourceProblems(types, type, body)),
      ),
    )
    expect(problems).toEqual([])
    expect(resourceProblems(types, 'google_storage_bucket', { name: 'x', locaton: 'y' })).toEqual([
      'google_storage_bucket: location is missing',
      'google_storage_bucket.locaton is unknown',
    ])
  }, 300_000)
})

const noFormatter = toolsMissing('terraform')
describe.skipIf(noFormatter !== undefined)(
  `terraform fmt${noFormatter ? ` (${noFormatter})` : ''}`,
  () => {
    it('has nothing to change', async () => {
      const ended = await runTool('terraform', ['fmt', '-check', 'deploy/terraform'])
      expect(ended.code, ended.stdout).toBe(0)
    })
  },
)

it('documents what there is to deploy', () => {
  const text = readFileSync(join(packageRoot, 'docs/deploy.md'), 'utf8')
  for (const [, path] of text.matchAll(/\]\((\.\.\/[^)#]+)\)/g)) {
    expect(() => readFileSync(join(packageRoot, 'docs', path!))).not.toThrow()
  }
})
