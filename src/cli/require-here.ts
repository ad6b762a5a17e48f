import { dirname, join } from 'node:path'
import { AtelierError } from '../core/index.ts'
import type { RunEntry } from '../tracking/index.ts'
import type { RunIndex } from './run-index.ts'

/**
 * Ids of runs whose folders are in this project. What changes a run changes its folder; one that a
 * shared database places on another machine can only be looked at. Throws RUN_NOT_FOUND.
 */
export function requireHere({ root }: RunIndex, entries: readonly RunEntry[]): readonly string[] {
  for (const { record, folder } of entries) {
    if ([root, join(root, '.trash')].includes(dirname(folder))) continue
    throw new AtelierError('RUN_NOT_FOUND', `The folder of ${record.id} is not in ${root}.`, {
      hint: `It is ${folder} on ${record.environment.host}: change the run there.`,
    })
  }
  return entries.map(({ record }) => record.id)
}
