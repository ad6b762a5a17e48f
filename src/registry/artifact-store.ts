import { AtelierError, sha256 } from '../core/index.ts'

/**
 * Where model files are kept, each under the SHA-256 of its bytes. Whatever it is made of, what it
 * gives back is checked, so it need not be trusted.
 */
export interface ArtifactStore {
  /** For people: a folder, or a bucket. Never a password. */
  readonly description: string
  /** Keeps the bytes under the key, whole or not at all. There may be the same bytes already. */
  put(key: string, bytes: Uint8Array): Promise<void>
  /** Undefined where there is nothing under the key. */
  get(key: string): Promise<Uint8Array | undefined>
  exists(key: string): Promise<boolean>
}

const DIGEST = /^[0-9a-f]{64}$/

/** `sha256/ab/abcdef…`. A digest that a database was made to hold is no way to another file. */
export function artifactKey(digest: string): string {
  if (DIGEST.test(digest)) return `sha256/${digest.slice(0, 2)}/${digest}`
  throw new AtelierError('MODEL_DAMAGED', 'The registry holds no SHA-256 where one must be.', {
    hint: 'Run `atelier models verify`.',
  })
}

/** Keeps the bytes and gives their SHA-256. */
export async function keepArtifact(store: ArtifactStore, bytes: Uint8Array): Promise<string> {
  const digest = sha256(bytes)
  await store.put(artifactKey(digest), bytes)
  return digest
}

/** The bytes of this SHA-256, checked. Throws MODEL_DAMAGED when they are missing or others. */
export async function readArtifact(store: ArtifactStore, digest: string): Promise<Uint8Array> {
  const bytes = await store.get(artifactKey(digest))
  if (bytes === undefined) throw damaged(store, digest, 'is missing')
  if (sha256(bytes) !== digest) throw damaged(store, digest, 'holds other bytes')
  return bytes
}

function damaged(store: ArtifactStore, digest: string, what: string): AtelierError {
  return new AtelierError(
    'MODEL_DAMAGED',
    `The model file ${digest.slice(0, 12)} of the registry (${store.description}) ${what}.`,
    {
      hint: 'Register the same model again, or bring the file back from a copy; `atelier models verify` names all that is damaged.',
      data: { sha256: digest, store: store.description },
    },
  )
}
