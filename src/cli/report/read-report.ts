import { readFile, stat } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { AtelierError } from '../../core/index.ts'

export const reportArgument = {
  description: 'The report, or its folder; reports/README.md when left out.',
} as const

export interface ReportFile {
  /** Absolute. */
  readonly path: string
  /** As it is called from here. */
  readonly name: string
  readonly text: string
}

/** A written report is some pages: what is larger is another file. */
const MOST_BYTES = 8 * 2 ** 20

/** Reads a written report. Throws REPORT_NOT_FOUND and REPORT_INVALID. */
export async function readReport(cwd: string, file = 'reports/README.md'): Promise<ReportFile> {
  const given = resolve(cwd, file)
  const isFolder = (await stat(given).catch(() => undefined))?.isDirectory() === true
  const path = isFolder ? join(given, 'README.md') : given
  const name = relative(cwd, path)
  const content = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (!ABSENT.has(cause.code)) throw cause
    throw new AtelierError('REPORT_NOT_FOUND', `There is no report ${name}.`, {
      hint: 'Name the Markdown file: `atelier report check FILE`.',
      cause,
    })
  })
  if (content.length > MOST_BYTES)
    throw notText(name, `has ${content.length} bytes, more than ${MOST_BYTES}`)
  try {
    return { path, name, text: new TextDecoder('utf-8', { fatal: true }).decode(content) }
  } catch {
    throw notText(name, 'is not text in UTF-8')
  }
}

const ABSENT: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR', 'EISDIR'])

function notText(name: string, what: string): AtelierError {
  return new AtelierError('REPORT_INVALID', `${name} ${what}.`, {
    hint: 'Name a Markdown file.',
  })
}
