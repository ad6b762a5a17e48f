import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Atelier's own version, from its `package.json`. */
export async function ownVersion(packageRoot: string): Promise<string> {
  const text = await readFile(join(packageRoot, 'package.json'), 'utf8')
  return (JSON.parse(text) as { readonly version: string }).version
}
