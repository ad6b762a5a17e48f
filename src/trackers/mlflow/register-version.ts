import { z } from 'zod'
import { type MlflowClient, mlflowErrorCode } from './mlflow-client.ts'

export interface VersionToRegister {
  /** Of the registered model. */
  readonly name: string
  readonly alias: string | null
  /** Address of the model's folder. */
  readonly source: string
  /** Of MLflow. */
  readonly runId: string
  /** Of the weights. */
  readonly digest: string
}

const DIGEST_TAG = 'atelier.weight_digest'

const versionSchema = z.object({ version: z.coerce.string() })
const createdSchema = z.object({ model_version: versionSchema })
const foundSchema = z.object({
  model_versions: z
    .array(
      versionSchema.extend({
        tags: z.array(z.object({ key: z.string(), value: z.string() })).optional(),
      }),
    )
    .optional(),
})

/** Registers a run's model as the next version, once, and points the alias to it. Gives the version. */
export async function registerVersion(
  client: MlflowClient,
  what: VersionToRegister,
): Promise<string> {
  const { name, alias } = what
  await makeModel(client, name)
  const version = (await knownVersion(client, what)) ?? (await makeVersion(client, what))
  if (alias !== null) {
    await client.send('POST', 'registered-models/alias', { name, alias, version })
  }
  return version
}

async function makeModel(client: MlflowClient, name: string): Promise<void> {
  try {
    await client.send('POST', 'registered-models/create', { name })
  } catch (error) {
    if (mlflowErrorCode(error) !== 'RESOURCE_ALREADY_EXISTS') throw error
  }
}

/** One that was made by a process that was killed before it could note it. */
async function knownVersion(
  client: MlflowClient,
  { name, runId, digest }: VersionToRegister,
): Promise<string | undefined> {
  const filter = `name='${name.replaceAll("'", "\\'")}' and run_id='${runId}'`
  const found = await client.get('model-versions/search', { filter, max_results: '100' })
  const { model_versions = [] } = foundSchema.parse(found)
  return model_versions.find(({ tags = [] }) =>
    tags.some(({ key, value }) => key === DIGEST_TAG && value === digest),
  )?.version
}

async function makeVersion(
  client: MlflowClient,
  { name, source, runId, digest }: VersionToRegister,
): Promise<string> {
  const made = await client.send('POST', 'model-versions/create', {
    name,
    source,
    run_id: runId,
    tags: [{ key: DIGEST_TAG, value: digest }],
  })
  return createdSchema.parse(made).model_version.version
}
