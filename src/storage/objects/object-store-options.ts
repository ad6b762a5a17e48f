import type { Clock } from '../../core/index.ts'
import type { RetryPolicy } from './retry.ts'

export interface GsOptions {
  /** Of an emulator or a proxy, `http://127.0.0.1:4443`; asked without credentials unless some are named. */
  readonly endpoint?: string | undefined
  /** Of a key file or another credential file; without one, Google's default credentials are looked for. */
  readonly credentialsPath?: string | undefined
  /** Sends no credentials: for public buckets. */
  readonly anonymous?: boolean | undefined
  /** The project that is billed for requests. */
  readonly userProject?: string | undefined
}

export interface S3Options {
  /** Of another service that speaks S3, `http://127.0.0.1:9000`. */
  readonly endpoint?: string | undefined
  readonly region?: string | undefined
  /** A name in the credential files. */
  readonly profile?: string | undefined
  /** Of a credential file with keys, instead of what Amazon's library looks for. */
  readonly credentialsPath?: string | undefined
  readonly accessKeyId?: string | undefined
  readonly secretAccessKey?: string | undefined
  readonly sessionToken?: string | undefined
  /** Sends no credentials: for public buckets. */
  readonly anonymous?: boolean | undefined
}

export interface HttpOptions {
  /** Sent to the host of the store only, never to one that it redirects to. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

export interface ObjectStoreOptions {
  /** Where relative paths begin. */
  readonly cwd?: string | undefined
  readonly gs?: GsOptions | undefined
  readonly s3?: S3Options | undefined
  readonly http?: HttpOptions | undefined
  readonly retry?: Partial<RetryPolicy> | undefined
  /** Parts of one large object that travel at once. */
  readonly connections?: number | undefined
  /** Objects above this travel in parts of this many bytes, each held in memory; S3 wants 5 MiB at least. */
  readonly partBytes?: number | undefined
  /** A folder that keeps the addresses of unfinished uploads to gs://, so that a later call goes on with them. */
  readonly sessions?: string | undefined
  readonly clock?: Clock | undefined
  /** In [0, 1): spreads repeated requests. */
  readonly random?: (() => number) | undefined
  readonly fetch?: typeof fetch | undefined
}

/**
 * What the usual environment variables say about stores. Where they name no keys, the clouds' own
 * libraries look further: in their files, at the process's environment and at the machine.
 */
export function objectStoreOptionsFrom(
  env: Readonly<Record<string, string | undefined>>,
): Pick<ObjectStoreOptions, 'gs' | 's3'> {
  const value = (...names: readonly string[]) => names.map((name) => env[name]).find(Boolean)
  return {
    gs: {
      endpoint: withScheme(value('STORAGE_EMULATOR_HOST')),
      credentialsPath: value('GOOGLE_APPLICATION_CREDENTIALS'),
    },
    s3: {
      endpoint: value('AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'),
      region: value('AWS_REGION', 'AWS_DEFAULT_REGION'),
      profile: value('AWS_PROFILE'),
      accessKeyId: value('AWS_ACCESS_KEY_ID'),
      secretAccessKey: value('AWS_SECRET_ACCESS_KEY'),
      sessionToken: value('AWS_SESSION_TOKEN'),
    },
  }
}

/** Emulators are often named as `localhost:4443`. */
function withScheme(host: string | undefined): string | undefined {
  return host === undefined || /^https?:\/\//.test(host) ? host : `http://${host}`
}
