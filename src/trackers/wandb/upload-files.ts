import { z } from 'zod'
import type { StreamedRun, WandbApi } from './wandb-api.ts'

const CREATE_FILES = `mutation CreateRunFiles($entity: String!, $project: String!, $run: String!, $files: [String!]!) {
  createRunFiles(input: {entityName: $entity, projectName: $project, runName: $run, files: $files}) {
    uploadHeaders
    files { name uploadUrl }
  }
}`

const createdSchema = z.object({
  createRunFiles: z.object({
    uploadHeaders: z.array(z.string()).nullish(),
    files: z.array(z.object({ name: z.string(), uploadUrl: z.string() })),
  }),
})

/** Puts files beside a run, by their paths there. */
export async function uploadFiles(
  api: WandbApi,
  run: StreamedRun,
  files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
): Promise<void> {
  if (files.size === 0) return
  const variables = {
    entity: run.entity,
    project: run.project,
    run: run.runId,
    files: [...files.keys()],
  }
  const { createRunFiles } = await api.query(CREATE_FILES, variables, createdSchema)
  for (const { name, uploadUrl } of createRunFiles.files) {
    const content = files.get(name)
    if (content === undefined) continue
    await api.upload({ url: uploadUrl, headers: createRunFiles.uploadHeaders ?? [] }, content)
  }
  await api.stream(run, { uploaded: [...files.keys()] })
}
