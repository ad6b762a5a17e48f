import { relative, sep } from 'node:path'
import { isObjectHash } from '../objects/object-id.ts'
import { lockedPath, lockFileOf, readLock } from '../pipeline/lock-file.ts'
import { readPipeline } from '../pipeline/read-pipeline.ts'
import type { StageOutput } from '../pipeline/stage.ts'
import { hashOfItem } from '../pipeline/stage-changes.ts'
import type { DataOutput, DvcFile } from '../pointer/dvc-file.ts'
import { isMap, type ValueMap } from '../yaml12/value.ts'

/** As a `TrackedOutput`, but its file is a `dvc.lock`. */
interface LockedOutput {
  readonly file: DvcFile
  readonly index: number
  readonly output: DataOutput
}

/**
 * The outputs of stages as `dvc.lock` has them, for who moves data; nothing may be written into their file.
 * `paths`: the `dvc.yaml` files of a repository. Throws CONFIG_SYNTAX and PIPELINE_ errors.
 */
export async function lockedOutputs(
  paths: readonly string[],
  root: string,
): Promise<readonly LockedOutput[]> {
  const found: LockedOutput[] = []
  for (const path of paths) {
    const lock = lockFileOf(path)
    const locked = await readLock(lock, relative(root, lock))
    if (locked.size === 0) continue
    const shown = relative(root, path).split(sep).join('/')
    for (const { name, outputs } of await readPipeline(path, { root, shown })) {
      const entry = locked.get(name)
      if (!isMap(entry)) continue
      const all = outputs.flatMap((output) => dataOutput(output, entry))
      const file = {
        ...{ path: lock, frozen: false, imported: false, fromRepository: false },
        ...{ outputs: all, text: '' },
      }
      found.push(...all.map((output, index) => ({ file, index, output })))
    }
  }
  return found
}

function dataOutput(
  { path, absolutePath, cache, push, remote }: StageOutput,
  entry: ValueMap,
): DataOutput[] {
  const item = lockedPath(entry, 'outs', path)
  const md5 = String(item?.get('md5') ?? '').toLowerCase()
  if (item === undefined || !isObjectHash(md5)) return []
  const kind = item.get('hash') === 'md5' ? 'md5' : 'md5-dos2unix'
  return [{ path, absolutePath, hash: { ...hashOfItem(item, md5), kind }, cache, push, remote }]
}
