import { readFile } from 'node:fs/promises'
import { parseYaml } from '../../config/index.ts'
import { AtelierError, writeFileAtomic } from '../../core/index.ts'
import { resolveYaml12Scalar } from '../yaml12/resolve-scalar.ts'
import { toValue } from '../yaml12/to-value.ts'
import { isList, isMap, type Value, type ValueMap } from '../yaml12/value.ts'
import { writeYaml12 } from '../yaml12/write-yaml.ts'
import { invalidAt } from './node-checks.ts'
import { lockSchema } from './pipeline-schema.ts'

/** The `dvc.lock` beside a `dvc.yaml`. */
export function lockFileOf(pipelineFile: string): string {
  return pipelineFile.replace(/\.ya?ml$/, '.lock')
}

/** What is locked of each stage; empty where there is no file. Throws CONFIG_SYNTAX, PIPELINE_INVALID. */
export async function readLock(path: string, shown = path): Promise<ValueMap> {
  const stages = (await readDocument(path, shown)).get('stages')
  return isMap(stages) ? stages : new Map()
}

/** Replaces what is locked of one stage; the others stay. The file is whole at every moment. */
export async function writeLockEntry(path: string, name: string, entry: ValueMap): Promise<void> {
  const document = new Map(await readDocument(path, path))
  if (!document.has('schema')) document.set('schema', '2.0')
  const stages = document.get('stages')
  document.set('stages', new Map([...(isMap(stages) ? stages : []), [name, entry]]))
  await writeFileAtomic(path, writeYaml12(document))
}

async function readDocument(path: string, shown: string): Promise<ValueMap> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const node = parseYaml(text, shown, resolveYaml12Scalar)
  if (node.kind === 'map' && node.entries.size === 0) return new Map()
  lockSchema(node, '')
  const document = toValue(node) as ValueMap
  if (document.get('schema') === '2.0') return document
  throw invalidAt(
    node,
    `the schema is not '2.0'`,
    'Let `dvc repro` of DVC 2 or later write it anew.',
  )
}

/** The entry of a path among the locked inputs or outputs. */
export function lockedPath(
  entry: ValueMap | undefined,
  list: 'deps' | 'outs',
  path: string,
): ValueMap | undefined {
  return lockedPaths(entry, list).find((item) => item.get('path') === path)
}

export function lockedPaths(
  entry: ValueMap | undefined,
  list: 'deps' | 'outs',
): readonly ValueMap[] {
  const items = entry?.get(list)
  return isList(items) ? items.filter(isMap) : []
}

/** The MD5 of a locked path. Undefined for one of DVC 2, whose MD5 is of another kind. */
export function lockedHash(item: ValueMap | undefined): string | undefined {
  if (item === undefined || item.get('hash') !== 'md5') return undefined
  const md5: Value | undefined = item.get('md5')
  return typeof md5 === 'string' ? md5.toLowerCase() : undefined
}

/** A lock entry from a file of the run cache; undefined when it is none. */
export function parseLockEntry(text: string, check: typeof lockSchema): ValueMap | undefined {
  try {
    const node = parseYaml(text, 'run cache', resolveYaml12Scalar)
    check(node, '')
    return toValue(node) as ValueMap
  } catch (error) {
    if (error instanceof AtelierError) return undefined
    throw error
  }
}
