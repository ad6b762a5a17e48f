import { readFile } from 'node:fs/promises'
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3'
import type { BucketPlace } from './bucket-place.ts'
import type { S3Options } from './object-store-options.ts'
import { storageError } from './storage-errors.ts'

/** The library takes a while to load: only who opens an s3:// address waits for it. */
export type S3Library = typeof import('@aws-sdk/client-s3')

export interface S3Connection {
  readonly library: S3Library
  readonly client: S3Client
  /** For messages. */
  readonly host: string
}

export type S3Place = BucketPlace & S3Connection

const DEFAULT_REGION = 'us-east-1'

/** Throws STORAGE_INVALID_URL for an endpoint, and STORAGE_CREDENTIALS for a credential file, that cannot be read. */
export async function connectS3(options: S3Options): Promise<S3Connection> {
  const { endpoint } = options
  if (endpoint !== undefined && !/^https?:\/\/[^/@]+/.test(endpoint)) {
    throw storageError(
      'STORAGE_INVALID_URL',
      'The S3 endpoint is no http:// or https:// address.',
      {
        hint: 'Write AWS_ENDPOINT_URL as http://host:port, without user and password.',
      },
    )
  }
  const library = await import('@aws-sdk/client-s3')
  const config = await clientConfig(options)
  let client = new library.S3Client(config)
  if ((await regionOf(client)) === undefined) {
    client.destroy()
    client = new library.S3Client({ ...config, region: DEFAULT_REGION })
  }
  return { library, client, host: endpoint === undefined ? 'S3' : new URL(endpoint).host }
}

async function clientConfig(options: S3Options): Promise<S3ClientConfig> {
  const { endpoint, region, profile, anonymous } = options
  const credentials = await explicitCredentials(options)
  // sockets are bounded by those who ask; the library would warn on the console
  const agent = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY }
  return {
    // repetitions are ours: with one budget and one kind of pause for every store
    maxAttempts: 1,
    // sent with Content-MD5 instead, which every service that speaks S3 checks
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // it would give up the kept connection for every part
    expectContinueHeader: false,
    followRegionRedirects: endpoint === undefined,
    forcePathStyle: endpoint !== undefined,
    requestHandler: { httpAgent: agent, httpsAgent: agent },
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
    ...(credentials !== undefined && { credentials }),
    ...(anonymous && {
      credentials: { accessKeyId: '', secretAccessKey: '' },
      signer: { sign: async (request) => request },
    }),
  }
}

async function explicitCredentials({
  accessKeyId,
  secretAccessKey,
  sessionToken,
  credentialsPath,
  profile = 'default',
}: S3Options) {
  if (accessKeyId !== undefined && secretAccessKey !== undefined)
    return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) }
  if (credentialsPath === undefined) return undefined
  const fail = (problem: string, cause?: unknown) =>
    storageError('STORAGE_CREDENTIALS', `${credentialsPath} ${problem}.`, {
      hint: 'Name a file with aws_access_key_id and aws_secret_access_key in a section [default].',
      cause,
    })
  const text = await readFile(credentialsPath, 'utf8').catch((error: unknown) => {
    throw fail('cannot be read', error)
  })
  const values = iniSection(text, profile)
  const [id, secret] = [values.get('aws_access_key_id'), values.get('aws_secret_access_key')]
  // what else such a file can say (roles, single sign-on) the library reads itself
  if (id === undefined || secret === undefined) throw fail(`has no keys in [${profile}]`)
  const token = values.get('aws_session_token')
  return {
    accessKeyId: id,
    secretAccessKey: secret,
    ...(token !== undefined && { sessionToken: token }),
  }
}

function iniSection(text: string, section: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  let current = ''
  for (const line of text.split(/\r?\n/)) {
    const header = /^\s*\[\s*(?:profile\s+)?([^\]]+?)\s*\]/.exec(line)
    if (header !== null) current = header[1]!
    const [, name, value] = /^\s*([^#;=\s]+)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (current === section && name !== undefined) values.set(name, value!)
  }
  return values
}

async function regionOf(client: S3Client): Promise<string | undefined> {
  return client.config.region().catch(() => undefined)
}
