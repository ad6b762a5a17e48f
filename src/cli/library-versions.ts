import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What of the installation decides the numbers that come out. */
const LIBRARIES = ['onnxruntime-node', 'sharp']

/** Versions by package, Atelier's own first. */
export async function libraryVersions(packageRoot: string): Promise<Record<string, string>> {
  const own = await readPackage(packageRoot)
  const versions: Record<string, string> = { atelier: own.version }
  for (const name of LIBRARIES) {
    versions[name] = (await readPackage(await installed(packageRoot, name))).version
  }
  return versions
}

/** The package as Node finds it: npm may have put it beside Atelier instead of below. */
async function installed(packageRoot: string, name: string): Promise<string> {
  for (let folder = packageRoot; ; folder = join(folder, '..')) {
    const candidate = join(folder, 'node_modules', name)
    if (
      await readPackage(candidate).then(
        () => true,
        () => false,
      )
    )
      return candidate
    if (join(folder, '..') === folder) throw new Error(`${name} is not installed`)
  }
}

async function readPackage(folder: string): Promise<{ readonly version: string }> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
}
