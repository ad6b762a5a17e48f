import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { sha256 } from '../core/index.ts'
import { httpError } from './http-error.ts'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

interface Page {
  readonly body: Buffer
  readonly type: string
  readonly tag: string
}

/**
 * The built pages, read once: a few hundred kilobytes, and no request can name a path outside them.
 * An address without a file is the application's own and gets its `index.html`.
 */
export async function pagesPlugin(app: FastifyInstance, { folder }: { folder: string }) {
  const pages = await readPages(folder)
  app.get('/*', async ({ url, headers }, reply) => {
    const path = url.split('?')[0]!
    if (path.startsWith('/api/')) throw httpError(404, 'NOT_FOUND', `There is nothing at ${path}.`)
    const page = pages.get(path)
    if (page !== undefined) {
      // the build puts a digest into the names under assets/
      return send(reply, page, headers['if-none-match'], path.startsWith('/assets/'))
    }
    const index = pages.get('/index.html')
    if (!path.startsWith('/assets/') && index !== undefined) {
      return send(reply, index, headers['if-none-match'], false)
    }
    throw httpError(404, 'NOT_FOUND', whatIsMissing(path, index))
  })
}

function whatIsMissing(path: string, index: Page | undefined): string {
  return index === undefined
    ? 'The pages are not built. Build them with `npm run build`.'
    : `There is nothing at ${path}.`
}

async function readPages(folder: string): Promise<ReadonlyMap<string, Page>> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = found.filter((file) => file.isFile() && types[extname(file.name)] !== undefined)
  return new Map(
    await Promise.all(
      files.map(async ({ parentPath, name }) => {
        const path = join(parentPath, name)
        const body = await readFile(path)
        const type = types[extname(name)]!
        const url = path.slice(folder.length).replaceAll('\\', '/')
        return [url, { body, type, tag: `"${sha256(body).slice(0, 32)}"` }] as const
      }),
    ),
  )
}

function send(reply: FastifyReply, page: Page, known: string | undefined, forever: boolean) {
  reply.headers({
    'content-type': page.type,
    'cache-control': forever ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: page.tag,
  })
  return known === page.tag ? reply.code(304).send() : reply.send(page.body)
}
