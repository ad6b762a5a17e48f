import { z } from 'zod'
import type { RunRecord } from '../../contracts/index.ts'
import { type MlflowClient, mlflowErrorCode } from './mlflow-client.ts'

/** The tag by which a run of ours is found again on the server. */
const RUN_TAG = 'atelier.run'

const experimentSchema = z.object({ experiment: z.object({ experiment_id: z.string() }) })
const createdSchema = z.object({ experiment_id: z.string() })
const infoSchema = z.object({
  run_id: z.string(),
  experiment_id: z.string(),
  artifact_uri: z.string(),
})
const runSchema = z.object({ run: z.object({ info: infoSchema }) })
const foundSchema = z.object({ runs: z.array(z.object({ info: infoSchema })).optional() })

export type MlflowRunInfo = z.infer<typeof infoSchema>

/**
 * The run's run on the server: the one that was made for it before, by whichever process, or a new
 * one. The experiment is made where it does not exist.
 */
export async function findOrMakeRun(
  client: MlflowClient,
  experiment: string,
  record: RunRecord,
): Promise<MlflowRunInfo> {
  const id = await experimentId(client, experiment)
  const found = await client.send('POST', 'runs/search', {
    experiment_ids: [id],
    filter: `tags.\`${RUN_TAG}\` = '${record.id}'`,
    max_results: 1,
  })
  const { runs = [] } = foundSchema.parse(found)
  if (runs[0] !== undefined) return runs[0].info
  const made = await client.send('POST', 'runs/create', {
    experiment_id: id,
    run_name: record.id,
    start_time: Date.parse(record.created),
    tags: tagsOf(record),
  })
  return runSchema.parse(made).run.info
}

async function experimentId(client: MlflowClient, name: string): Promise<string> {
  const known = await experimentNamed(client, name)
  if (known !== undefined) return known
  try {
    return createdSchema.parse(await client.send('POST', 'experiments/create', { name }))
      .experiment_id
  } catch (error) {
    // another run made it a moment ago
    if (mlflowErrorCode(error) !== 'RESOURCE_ALREADY_EXISTS') throw error
    const made = await experimentNamed(client, name)
    if (made === undefined) throw error
    return made
  }
}

/** The id of an experiment; undefined: there is none of that name. */
export async function experimentNamed(
  client: MlflowClient,
  name: string,
): Promise<string | undefined> {
  try {
    const answer = await client.get('experiments/get-by-name', { experiment_name: name })
    return experimentSchema.parse(answer).experiment.experiment_id
  } catch (error) {
    if (mlflowErrorCode(error) === 'RESOURCE_DOES_NOT_EXIST') return undefined
    throw error
  }
}

const MOST_TAG = 5000

/** What is known of a run from its start. */
function tagsOf(record: RunRecord) {
  const { id, command, git, sweep, dataset, environment } = record
  const all = {
    [RUN_TAG]: id,
    'mlflow.source.name': `atelier ${command[0] ?? ''}`.trim(),
    'mlflow.source.type': 'LOCAL',
    'mlflow.source.git.commit': git?.commit,
    'mlflow.source.git.branch': git?.branch ?? undefined,
    'mlflow.source.git.repoURL': git?.remote ?? undefined,
    'atelier.command': command.join(' '),
    'atelier.host': environment.host,
    'atelier.sweep': sweep?.id,
    'atelier.dataset': dataset === null ? undefined : `${dataset.name} ${dataset.digest}`,
  }
  return Object.entries(all).flatMap(([key, value]) =>
    value ? [{ key, value: value.slice(0, MOST_TAG) }] : [],
  )
}
