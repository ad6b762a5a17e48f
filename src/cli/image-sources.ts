import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { AtelierError } from '../core/index.ts'
import type { CommandContext } from './context.ts'

export interface ImageSource {
  readonly name: string
  read(): Promise<Uint8Array>
}

/** Inside a folder, only what is called an image; a file that is named is always tried. */
const IMAGE_NAME = /\.(?:png|jpe?g|webp|gif|tiff?)$/i

/** The images that words name: files, folders (all images below, by name), `-` for stdin. */
export async function imageSources(
  words: readonly string[],
  context: Pick<CommandContext, 'cwd' | 'stdin'>,
): Promise<ImageSource[]> {
  const lists = await Promise.all(words.map((word) => sourcesOf(word, context)))
  return lists.flat()
}

async function sourcesOf(
  word: string,
  { cwd, stdin }: Pick<CommandContext, 'cwd' | 'stdin'>,
): Promise<ImageSource[]> {
  if (word === '-') return [{ name: '-', read: () => buffer(stdin) }]
  const path = resolve(cwd, word)
  const entry = await stat(path).catch(() => undefined)
  if (entry?.isDirectory() !== true) return [fileSource(word, path)]
  const names = await readdir(path, { recursive: true })
  const images = names.filter((name) => IMAGE_NAME.test(name)).sort()
  if (images.length === 0) {
    throw new AtelierError('DATA_NOT_FOUND', `The folder ${word} holds no images.`)
  }
  return images.map((name) => fileSource(relative(cwd, join(path, name)) || name, join(path, name)))
}

function fileSource(name: string, path: string): ImageSource {
  const explain = (cause: NodeJS.ErrnoException) => {
    const what = cause.code === 'ENOENT' ? 'does not exist' : `cannot be read (${cause.code})`
    throw new AtelierError('IMAGE_UNREADABLE', `${name} ${what}.`, { cause })
  }
  return { name, read: () => readFile(path).catch(explain) }
}
