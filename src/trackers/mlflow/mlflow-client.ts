import { AtelierError } from '../../core/index.ts'
import { callServer, jsonOf, type ServerCall } from '../call-server.ts'
import type { TrackerSurroundings } from '../tracker.ts'

type Json = Readonly<Record<string, unknown>>

/** An MLflow server's REST interface. Its functions throw TRACKER_UNREACHABLE and TRACKER_REFUSED. */
export interface MlflowClient {
  /** Of the server, without a slash at its end. */
  readonly uri: string
  /** `runs/get`, with a query. */
  get(path: string, query: Readonly<Record<string, string>>): Promise<Json>
  send(method: 'POST' | 'PATCH', path: string, body: object): Promise<Json>
  /** A call to another part of the server, with the same credentials. */
  call(call: ServerCall): Promise<Response>
}

const API = 'api/2.0/mlflow'

export function mlflowClient(
  uri: string,
  { env, fetch, signal }: Pick<TrackerSurroundings, 'env' | 'fetch' | 'signal'>,
): MlflowClient {
  const authorization = authorizationOf(env)
  const call = ({ headers, ...rest }: ServerCall) =>
    callServer({ ...rest, headers: { ...authorization, ...headers } }, { fetch, signal })
  return {
    uri,
    call,
    get: async (path, query) => {
      const url = `${uri}/${API}/${path}?${new URLSearchParams(query)}`
      return jsonOf(await call({ method: 'GET', url }))
    },
    send: async (method, path, body) =>
      jsonOf(await call({ method, url: `${uri}/${API}/${path}`, body })),
  }
}

function authorizationOf(env: TrackerSurroundings['env']): Record<string, string> {
  const [user, password, token] = [
    env['MLFLOW_TRACKING_USERNAME'],
    env['MLFLOW_TRACKING_PASSWORD'],
    env['MLFLOW_TRACKING_TOKEN'],
  ]
  if (user) {
    const pair = Buffer.from(`${user}:${password ?? ''}`).toString('base64')
    return { authorization: `Basic ${pair}` }
  }
  return token ? { authorization: `Bearer ${token}` } : {}
}

/** The code of MLflow's answer to what it refused, `RESOURCE_DOES_NOT_EXIST`; undefined for another failure. */
export function mlflowErrorCode(error: unknown): string | undefined {
  if (!(error instanceof AtelierError) || error.code !== 'TRACKER_REFUSED') return undefined
  try {
    const { error_code } = JSON.parse(String(error.data['body'])) as { error_code?: unknown }
    return typeof error_code === 'string' ? error_code : undefined
  } catch {
    return undefined
  }
}
