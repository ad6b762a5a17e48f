/** The repository's own files, for tests of what surrounds the code. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments, parseDocument } from 'yaml'
import { packageRoot } from './training-project.ts'

export function readText(path: string): string {
  return readFileSync(join(packageRoot, path), 'utf8')
}

/** Files of a folder with an ending, with the folder's path before them. */
export function filesIn(folder: string, ending: string): string[] {
  return readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
    .sort()
}

/** A YAML file with its anchors merged; doubled keys and other mistakes are errors. */
export function readYaml<T>(path: string): T {
  const document = parseDocument(readText(path), { merge: true })
  if (document.errors.length > 0) throw document.errors[0]!
  return document.toJS() as T
}

/** All documents of a YAML file. */
export function readYamlAll<T>(path: string): T[] {
  return [...parseAllDocuments(readText(path))].map((document) => {
    if (document.errors.length > 0) throw document.errors[0]!
    return document.toJS() as T
  })
}
