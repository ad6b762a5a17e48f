import { openAsBlob } from 'node:fs'
import { AtelierError } from '../../core/index.ts'
import { openObjectStore } from '../../storage/index.ts'
import type { MlflowClient } from './mlflow-client.ts'

/** What an artifact is made of: bytes, or a file by its absolute path. */
export type ArtifactContent = Uint8Array<ArrayBuffer> | { readonly path: string }

/** The place of a run's artifacts. */
export interface ArtifactPlace {
  /** `path` is inside the run's artifacts, with forward slashes. */
  write(path: string, content: ArtifactContent): Promise<void>
  read(path: string): Promise<Uint8Array>
  close(): Promise<void>
}

const PROXY = 'api/2.0/mlflow-artifacts/artifacts'
const STORES = /^(?:s3|gs):\/\//
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/

/**
 * Where a run's artifacts go and come from: through the server, or straight to a bucket, or, where
 * server and client are one machine, into a folder. Throws TRACKER_REFUSED for other places.
 */
export async function openArtifactPlace(
  client: MlflowClient,
  artifactUri: string,
  signal: AbortSignal,
): Promise<ArtifactPlace> {
  if (artifactUri.startsWith('mlflow-artifacts:')) return throughServer(client, artifactUri)
  const isFolder = artifactUri.startsWith('file:') || artifactUri.startsWith('/')
  // a server far away must not choose what is written here
  const isOurs = isFolder && LOOPBACK.test(new URL(client.uri).hostname)
  if (!isOurs && !STORES.test(artifactUri)) {
    throw new AtelierError(
      'TRACKER_REFUSED',
      `The server keeps artifacts at ${artifactUri.replace(/\?.*/s, '')}, which cannot be reached from here.`,
      { hint: 'Start the server with --serve-artifacts, or with a bucket (s3:// or gs://).' },
    )
  }
  const store = await openObjectStore(artifactUri)
  return {
    write: async (path, content) => {
      await store.write(path, content, { signal })
    },
    read: async (path) => {
      const pieces: Uint8Array[] = []
      for await (const piece of await store.read(path, { signal })) pieces.push(piece)
      return Buffer.concat(pieces)
    },
    close: () => store.close(),
  }
}

function throughServer(client: MlflowClient, artifactUri: string): ArtifactPlace {
  const root = new URL(artifactUri).pathname.replace(/^\/+/, '')
  const urlOf = (path: string) =>
    `${client.uri}/${PROXY}/${`${root}/${path}`.split('/').map(encodeURIComponent).join('/')}`
  return {
    write: async (path, content) => {
      const body = content instanceof Uint8Array ? content : await openAsBlob(content.path)
      const headers = { 'content-type': 'application/octet-stream' }
      await client.call({ method: 'PUT', url: urlOf(path), headers, body })
    },
    read: async (path) => {
      const response = await client.call({ method: 'GET', url: urlOf(path) })
      return new Uint8Array(await response.arrayBuffer())
    },
    close: async () => {},
  }
}
