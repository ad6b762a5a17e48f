import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { sha256 } from '../core/index.ts'
import { httpError } from './http-error.ts'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

interface Page {
  readonly body: Buffer
  readonly type: string
  readonly tag: string
}

export interface PagesOptions {
  /** `dist/web`: `index.html` and what it loads. */
  readonly folder: string
  /** Who serves them, which decides what they show: everything about runs, or the Try page. */
  readonly servedBy: 'ui' | 'service'
}

/**
 * The built pages, read once: a few hundred kilobytes, and no request can name a path outside them.
 * An address without a file is the application's own and gets its `index.html`. Registered with a
 * prefix they live below it, and their addresses are relative: a proxy may put them anywhere.
 */
export async function pagesPlugin(app: FastifyInstance, { folder, servedBy }: PagesOptions) {
  const pages = await readPages(folder)
  const indexAt = indexPages(pages.get('/index.html'), servedBy)
  const answer = async ({ url, headers }: FastifyRequest, reply: FastifyReply) => {
    const path = url.split('?')[0]!.slice(app.prefix.length)
    const known = headers['if-none-match']
    if (path === '') return reply.redirect(`${app.prefix.split('/').at(-1)}/`)
    if (path.startsWith('/api/')) throw httpError(404, 'NOT_FOUND', `There is nothing at ${path}.`)
    const page = path === '/index.html' ? undefined : pages.get(path)
    // the build puts a digest into the names under assets/
    if (page !== undefined) return send(reply, page, known, path.startsWith('/assets/'))
    const index = indexAt(path)
    if (!path.startsWith('/assets/') && index !== undefined) return send(reply, index, known, false)
    throw httpError(404, 'NOT_FOUND', whatIsMissing(path, index))
  }
  app.get('/', answer)
  app.get('/*', answer)
}

/** `index.html` as it has to be at a path: it loads its files from as many folders up as it needs. */
function indexPages(built: Page | undefined, servedBy: PagesOptions['servedBy']) {
  const template = built?.body
    .toString()
    .replace(
      'name="atelier-served-by" content="ui"',
      `name="atelier-served-by" content="${servedBy}"`,
    )
  return (path: string): Page | undefined => {
    if (template === undefined) return undefined
    const depth = path.split('/').length - 2
    const text = depth === 0 ? template : template.replaceAll('"./', `"${'../'.repeat(depth)}`)
    return pageOf(Buffer.from(text), '.html')
  }
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
        const url = path.slice(folder.length).replaceAll('\\', '/')
        return [url, pageOf(await readFile(path), extname(name))] as const
      }),
    ),
  )
}

function pageOf(body: Buffer, extension: string): Page {
  return { body, type: types[extension]!, tag: `"${sha256(body).slice(0, 32)}"` }
}

function send(reply: FastifyReply, page: Page, known: string | undefined, forever: boolean) {
  reply.headers({
    'content-type': page.type,
    'cache-control': forever ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: page.tag,
  })
  return known === page.tag ? reply.code(304).send() : reply.send(page.body)
}
