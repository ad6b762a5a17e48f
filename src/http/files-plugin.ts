import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { UiFiles } from '../contracts/index.ts'
import type { RunStore } from '../tracking/index.ts'
import { fileTypeOf } from './file-types.ts'
import { findFile, listFiles } from './run-folder.ts'
import { getRun } from './run-rows.ts'

/** A report may be looked at, but nothing in it may run or ask for anything. */
const FILE_POLICY =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"

/** The files of a run: the list, and each of them. */
export async function filesPlugin(app: FastifyInstance, { store }: { store: RunStore }) {
  app.get<{ Params: { id: string } }>(
    '/api/runs/:id/files',
    async ({ params }): Promise<UiFiles> => listFiles(await getRun(store, params.id)),
  )
  app.get<{ Params: { id: string; '*': string } }>(
    '/api/runs/:id/files/*',
    async ({ params, headers }, reply) => {
      const file = await findFile(await getRun(store, params.id), params['*'])
      const { kind, contentType } = fileTypeOf(file.path)
      const tag = `W/"${file.bytes.toString(36)}-${file.modified.getTime().toString(36)}"`
      reply.headers({
        'content-security-policy': FILE_POLICY,
        'content-type': contentType,
        'cache-control': 'no-cache',
        etag: tag,
      })
      if (headers['if-none-match'] === tag) return reply.code(304).send()
      if (kind === 'data') {
        const name = encodeURIComponent(basename(file.path))
        reply.header('content-disposition', `attachment; filename*=UTF-8''${name}`)
      }
      if (file.bytes === 0) return reply.send('')
      // a file that grows is sent as long as it was
      const stream = createReadStream(file.path, { end: file.bytes - 1 })
      return reply.header('content-length', file.bytes).send(stream)
    },
  )
}
