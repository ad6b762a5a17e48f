import { join } from 'node:path'
import type { ObjectStoreOptions } from '../../storage/index.ts'
import { objectStoreOptionsFrom } from '../../storage/index.ts'
import type { Settings } from '../config/check-settings.ts'
import { textSetting } from '../config/read-settings.ts'
import type { DataRepository } from '../repository.ts'
import { versioningError } from '../versioning-error.ts'

/** A remote as the configuration describes it. */
export interface RemoteSettings {
  readonly name: string
  /** A folder, absolute, or an address. */
  readonly url: string
  readonly settings: Settings
}

/** The remote of that name, or the default one. Throws DVC_NO_REMOTE and DVC_UNSUPPORTED. */
export function findRemote(repository: DataRepository, name?: string): RemoteSettings {
  const { config } = repository
  const wanted = name?.toLowerCase() ?? textSetting(config, 'core', 'remote')
  const known = [...config.remotes.keys()]
  if (wanted === undefined) {
    throw versioningError('DVC_NO_REMOTE', 'No remote is named, and there is no default one.', {
      hint:
        known.length === 0
          ? 'Add one: atelier data remote add --default NAME URL.'
          : `Name one with --remote (${known.join(', ')}), or choose a default: atelier data remote default NAME.`,
    })
  }
  const settings = config.remotes.get(wanted)
  if (settings === undefined) {
    throw versioningError('DVC_NO_REMOTE', `There is no remote '${wanted}'.`, {
      hint:
        known.length === 0
          ? 'Add one: atelier data remote add NAME URL.'
          : `There are: ${known.join(', ')}.`,
      data: { remote: wanted, known },
    })
  }
  return resolveRemote(repository, wanted, settings)
}

function resolveRemote(
  repository: DataRepository,
  name: string,
  settings: Settings,
): RemoteSettings {
  const url = settings.get('url')
  if (typeof url !== 'string') {
    throw versioningError('DVC_CONFIG', `The remote '${name}' has no address.`, {
      hint: `Give it one: atelier data remote modify ${name} url URL.`,
    })
  }
  for (const key of ['worktree', 'version_aware'] as const) {
    if (settings.get(key) === true) throw unsupported(name, `'${key}'`)
  }
  const [, base, rest = ''] = /^remote:\/\/([^/]+)\/?(.*)$/.exec(url) ?? []
  if (base === undefined) {
    const scheme = /^(\w+):\/\//.exec(url)?.[1]?.toLowerCase()
    if (scheme !== undefined && !SCHEMES.has(scheme)) throw unsupported(name, `${scheme}://`)
    return { name, url, settings }
  }
  const parent = findRemote(repository, base)
  const merged = new Map([...parent.settings, ...settings])
  return {
    name,
    url: /^\w+:/.test(parent.url)
      ? `${parent.url.replace(/\/$/, '')}/${rest}`
      : join(parent.url, rest),
    settings: merged,
  }
}

const SCHEMES: ReadonlySet<string> = new Set(['gs', 's3', 'http', 'https'])

function unsupported(name: string, what: string) {
  return versioningError(
    'DVC_UNSUPPORTED',
    `The remote '${name}' uses ${what}, which Atelier does not speak.`,
    {
      hint: 'Use a folder, gs://, s3:// or, to read only, https://; or DVC itself.',
      data: { remote: name },
    },
  )
}

/** What protects written objects and what we do not set: writing without it would break a rule of the owner. */
const WRITE_RULES = [
  'sse',
  'sse_kms_key_id',
  'sse_customer_key',
  'acl',
  'grant_read',
  'grant_read_acp',
  'grant_write_acp',
  'grant_full_control',
]

/** Throws DVC_UNSUPPORTED where the remote wants objects written with what we cannot give them. */
export function requireWritable({ name, settings }: RemoteSettings): void {
  const rule = WRITE_RULES.find((key) => settings.has(key))
  if (rule !== undefined) throw unsupported(name, `'${rule}' for what is written`)
}

/** How the remote's store is opened: its settings first, then the environment. */
export function storeOptions(
  { env, scratch, clock }: DataRepository,
  { settings }: RemoteSettings,
): ObjectStoreOptions {
  const text = (key: string) => {
    const value = settings.get(key)
    return value === undefined ? undefined : String(value)
  }
  const fromEnv = objectStoreOptionsFrom(env)
  const anonymous = settings.get('allow_anonymous_login') === true
  const endpoint = text('endpointurl')
  const credentialsPath = text('credentialpath')
  const more = { ...(anonymous && { anonymous }), ...(endpoint !== undefined && { endpoint }) }
  return {
    clock,
    sessions: join(scratch, 'uploads'),
    gs: { ...fromEnv.gs, ...more, ...(credentialsPath !== undefined && { credentialsPath }) },
    s3: {
      ...fromEnv.s3,
      ...more,
      ...defined({
        credentialsPath,
        region: text('region'),
        profile: text('profile'),
        accessKeyId: text('access_key_id'),
        secretAccessKey: text('secret_access_key'),
        sessionToken: text('session_token'),
      }),
    },
    http: { headers: httpHeaders(text) },
  }
}

function defined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Partial<T>
}

function httpHeaders(text: (key: string) => string | undefined): Record<string, string> {
  const [auth, user, password = ''] = [text('auth'), text('user'), text('password')]
  const custom = text('custom_auth_header')
  if (auth === 'custom' && custom !== undefined) return { [custom]: password }
  if (auth !== 'basic' || user === undefined) return {}
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }
}
