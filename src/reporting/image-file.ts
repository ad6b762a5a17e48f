import { readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { sniffImageFormat } from '../image/index.ts'

/** What an image of a report turned out to be. */
export type ImageFile =
  | {
      readonly state: 'found'
      readonly path: string
      readonly bytes: number
      /** `image/png`, by its content. */
      readonly mime: string
    }
  /** `elsewhere`: on the web; `outside`: not below the project; `unreadable`: no image that browsers show. */
  | { readonly state: 'elsewhere' | 'missing' | 'outside' | 'unreadable' }

export type FindImage = (target: string) => Promise<ImageFile>

const MIMES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
}

/**
 * How images of a report are looked for: beside it, and, where a path starts with `/`, from the top of
 * its repository, as GitHub does. Nothing outside of that repository is ever read.
 */
export async function imageFinder(report: string): Promise<FindImage> {
  const folder = await realpath(dirname(report))
  const root = await rootOf(folder)
  const isOutside = (path: string) => {
    const inside = relative(root, path)
    return inside.startsWith('..') || resolve(inside) === inside
  }
  return async (target) => {
    if (/^(?:[a-z][a-z\d+.-]+:|\/\/)/i.test(target)) return { state: 'elsewhere' }
    const path = pathOf(target)
    if (path === undefined) return { state: 'missing' }
    const wanted = path.startsWith('/') ? join(root, path) : resolve(folder, path)
    if (isOutside(wanted)) return { state: 'outside' }
    const real = await realpath(wanted).catch(() => undefined)
    if (real === undefined || !(await stat(real)).isFile()) return { state: 'missing' }
    // a link may lead out again
    return isOutside(real) ? { state: 'outside' } : describe(real)
  }
}

function pathOf(target: string): string | undefined {
  const path = target.replace(/[?#].*$/, '')
  try {
    return path === '' ? undefined : decodeURIComponent(path)
  } catch {
    return path
  }
}

/** The folder with `.git` that a report lies below; where there is none, the report's own. */
async function rootOf(folder: string): Promise<string> {
  for (let at = folder; ; at = dirname(at)) {
    const isRoot = await stat(join(at, '.git')).then(
      () => true,
      () => false,
    )
    if (isRoot) return at
    if (dirname(at) === at) return folder
  }
}

async function describe(path: string): Promise<ImageFile> {
  const content = await readFile(path)
  const format = sniffImageFormat(content)
  const isSvg = /^\s*(?:<\?xml[\s\S]*?\?>\s*|<!--[\s\S]*?-->\s*|<!DOCTYPE[^>]*>\s*)*<svg[\s>]/i
  const mime = isSvg.test(content.toString('utf8', 0, 4096)) ? 'image/svg+xml' : MIMES[format ?? '']
  if (mime === undefined) return { state: 'unreadable' }
  return { state: 'found', path, bytes: content.length, mime }
}
