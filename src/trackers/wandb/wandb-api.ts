import { openAsBlob } from 'node:fs'
import { z } from 'zod'
import { AtelierError } from '../../core/index.ts'
import { callServer, jsonOf } from '../call-server.ts'
import type { TrackerSurroundings } from '../tracker.ts'
import { wandbKey } from './wandb-settings.ts'

type Variables = Readonly<Record<string, unknown>>

/** Where a file goes; null: the server has it. */
export interface UploadPlace {
  readonly url: string | null
  readonly headers: readonly string[]
}

/** What W&B's own clients use of its server. Functions throw TRACKER_UNREACHABLE, TRACKER_REFUSED. */
export interface WandbApi {
  /** One operation of GraphQL; its data, as the schema reads it. */
  query<T>(text: string, variables: Variables, schema: z.ZodType<T>): Promise<T>
  /** Lines of a run's files, or its end. */
  stream(run: StreamedRun, body: object): Promise<void>
  upload(
    place: UploadPlace,
    content: Uint8Array<ArrayBuffer> | { readonly path: string },
  ): Promise<void>
}

export interface StreamedRun {
  readonly entity: string
  readonly project: string
  readonly runId: string
}

const answerSchema = z.object({
  data: z.unknown(),
  errors: z.array(z.object({ message: z.string() })).optional(),
})

/** Throws TRACKER_SETTINGS without WANDB_API_KEY. */
export function wandbApi(
  baseUrl: string,
  { env, fetch, signal }: Pick<TrackerSurroundings, 'env' | 'fetch' | 'signal'>,
): WandbApi {
  const pair = Buffer.from(`api:${wandbKey(env)}`).toString('base64')
  const headers = { authorization: `Basic ${pair}` }
  const around = { fetch, signal }
  return {
    query: async (text, variables, schema) => {
      const body = { query: text, variables }
      const response = await callServer(
        { method: 'POST', url: `${baseUrl}/graphql`, headers, body },
        around,
      )
      const { data, errors = [] } = answerSchema.parse(await jsonOf(response))
      if (errors[0] !== undefined) {
        throw new AtelierError('TRACKER_REFUSED', `W&B answers: ${errors[0].message}.`)
      }
      const read = schema.safeParse(data)
      if (read.success) return read.data
      throw new AtelierError('TRACKER_REFUSED', 'W&B answers in a form that is not known.', {
        cause: read.error,
      })
    },
    stream: async ({ entity, project, runId }, body) => {
      const path = ['files', entity, project, runId, 'file_stream'].map(encodeURIComponent)
      await callServer(
        { method: 'POST', url: `${baseUrl}/${path.join('/')}`, headers, body },
        around,
      )
    },
    upload: async ({ url, headers: given }, content) => {
      if (url === null) return
      const target = new URL(url, baseUrl)
      // a server may hold the files itself; the key is for nobody else
      const own = target.origin === new URL(baseUrl).origin ? headers : {}
      const body = content instanceof Uint8Array ? content : await openAsBlob(content.path)
      const all = { ...own, ...headersOf(given) }
      await callServer({ method: 'PUT', url: target.href, headers: all, body }, around)
    },
  }
}

/** From `Name:value`. */
function headersOf(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon), line.slice(colon + 1).trim()]
    }),
  )
}
