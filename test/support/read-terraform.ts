/** Terraform's files as JSON. */
import { createRequire } from 'node:module'
import { filesIn, readText } from './repository.ts'

type Json = Readonly<Record<string, unknown>>
/** Bodies by type and name of the resource. */
export type Resources = Readonly<Record<string, Readonly<Record<string, readonly Json[]>>>>

type Parse = (file: string, text: string) => Promise<{ readonly resource?: Resources }>

// not imported: its types bring those of browsers, which would then stand for Node's in every file
const require = createRequire(import.meta.url)
const { parse } = require('@cdktf/hcl2json') as { readonly parse: Parse }

/** The resources of all files of a folder. Throws on what is no HCL. */
export async function readResources(folder: string): Promise<Resources> {
  const merged: Record<string, Record<string, readonly Json[]>> = {}
  for (const file of filesIn(folder, '.tf')) {
    const { resource = {} } = await parse(file, readText(file))
    for (const [type, named] of Object.entries(resource)) {
      merged[type] = { ...merged[type], ...named }
    }
  }
  return merged
}
