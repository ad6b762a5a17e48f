import { join } from 'node:path'
import { type ObjectStoreOptions, objectStoreOptionsFrom } from '../../storage/index.ts'
import type { DataRepository } from '../repository.ts'
import type { RemoteSettings } from './remote-settings.ts'

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
