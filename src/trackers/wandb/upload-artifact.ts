import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { ModelArtifact } from './model-artifact.ts'
import type { StreamedRun, UploadPlace, WandbApi } from './wandb-api.ts'

const CREATE = `mutation CreateArtifact($input: CreateArtifactInput!) {
  createArtifact(input: $input) { artifact { id state } }
}`
const CREATE_MANIFEST = `mutation CreateArtifactManifest($artifactID: ID!, $name: String!, $digest: String!, $entity: String!, $project: String!, $run: String!, $upload: Boolean!) {
  createArtifactManifest(input: {artifactID: $artifactID, name: $name, digest: $digest, entityName: $entity, projectName: $project, runName: $run, type: FULL}) {
    artifactManifest { id file { id uploadUrl @include(if: $upload) uploadHeaders @include(if: $upload) } }
  }
}`
const CREATE_FILES = `mutation CreateArtifactFiles($input: CreateArtifactFilesInput!) {
  createArtifactFiles(input: $input) {
    files { edges { node { storagePath uploadUrl uploadHeaders } } }
  }
}`
const COMMIT = `mutation CommitArtifact($artifactID: ID!) {
  commitArtifact(input: {artifactID: $artifactID}) { artifact { id } }
}`

const createdSchema = z.object({
  createArtifact: z.object({ artifact: z.object({ id: z.string(), state: z.string() }) }),
})
const manifestSchema = z.object({
  createArtifactManifest: z.object({
    artifactManifest: z.object({
      id: z.string(),
      file: z.object({
        uploadUrl: z.string().nullish(),
        uploadHeaders: z.array(z.string()).nullish(),
      }),
    }),
  }),
})
const nodeSchema = z.object({
  uploadUrl: z.string().nullish(),
  uploadHeaders: z.array(z.string()).nullish(),
})
const filesSchema = z.object({
  createArtifactFiles: z.object({
    files: z.object({ edges: z.array(z.object({ node: nodeSchema })) }),
  }),
})
const commitSchema = z.object({
  commitArtifact: z.object({ artifact: z.object({ id: z.string() }) }),
})

const placeOf = ({ uploadUrl, uploadHeaders }: z.infer<typeof nodeSchema>): UploadPlace => ({
  url: uploadUrl ?? null,
  headers: uploadHeaders ?? [],
})

/** Puts a model among the artifacts of W&B: its files, then what lists them, then the word that it is whole. */
export async function uploadArtifact(
  api: WandbApi,
  run: StreamedRun,
  artifact: ModelArtifact,
): Promise<void> {
  const { entity, project, runId } = run
  const input = {
    entityName: entity,
    projectName: project,
    runName: runId,
    artifactTypeName: artifact.type,
    artifactCollectionNames: [artifact.name],
    digest: artifact.digest,
    digestAlgorithm: 'MANIFEST_MD5',
    metadata: JSON.stringify(artifact.metadata),
    aliases: [{ artifactCollectionName: artifact.name, alias: 'latest' }],
    clientID: artifact.clientId,
    sequenceClientID: artifact.sequenceClientId,
    enableDigestDeduplication: true,
  }
  const { createArtifact } = await api.query(CREATE, { input }, createdSchema)
  const { id, state } = createArtifact.artifact
  if (state === 'COMMITTED') return
  const manifest = { artifactID: id, entity, project, run: runId }
  const first = await makeManifest(api, {
    ...manifest,
    name: 'wandb_manifest.json',
    digest: '',
    upload: false,
  })
  await uploadContents(api, artifact, id, first.id)
  const bytes = Buffer.from(manifestText(artifact))
  const digest = createHash('md5').update(bytes).digest('base64')
  const last = await makeManifest(api, {
    ...manifest,
    name: 'wandb_manifest.json',
    digest,
    upload: true,
  })
  await api.upload(placeOf(last.file), bytes)
  await api.query(COMMIT, { artifactID: id }, commitSchema)
}

async function makeManifest(api: WandbApi, variables: Readonly<Record<string, unknown>>) {
  const made = await api.query(CREATE_MANIFEST, variables, manifestSchema)
  return made.createArtifactManifest.artifactManifest
}

async function uploadContents(
  api: WandbApi,
  { files }: ModelArtifact,
  artifactID: string,
  artifactManifestID: string,
): Promise<void> {
  const artifactFiles = files.map(({ path, md5 }) => ({
    artifactID,
    artifactManifestID,
    name: path,
    md5,
  }))
  const input = { artifactFiles, storageLayout: 'V2' }
  const { createArtifactFiles } = await api.query(CREATE_FILES, { input }, filesSchema)
  for (const [i, { node }] of createArtifactFiles.files.edges.entries()) {
    await api.upload(placeOf(node), { path: files[i]!.file })
  }
}

/** The list of an artifact's files, as W&B keeps it. */
function manifestText({ files }: ModelArtifact): string {
  const contents = files.map(
    ({ path, md5, bytes }) => [path, { digest: md5, size: bytes }] as const,
  )
  return JSON.stringify({
    version: 1,
    storagePolicy: 'wandb-storage-policy-v1',
    storagePolicyConfig: { storageLayout: 'V2' },
    contents: Object.fromEntries(contents),
  })
}
