import { dayOf } from '../journal-pieces.ts'
import { dayBefore, folderOf, parseSegment } from './log-keys.ts'
import type { LogObjects } from './log-objects.ts'
import { forgetDays } from './logged-models.ts'

const KINDS = ['gaps', 'labels', 'requests'] as const

/** Deletes segments of rows from before, and all else of earlier days; gives how many rows they had. */
export async function pruneObjects(objects: LogObjects, before: number): Promise<number> {
  const day = dayOf(before)
  let count = 0
  // of the years of this millennium: keys come in their order, so the first that is young enough ends it
  for await (const key of objects.keys('2')) {
    if (key >= `${folderOf(day)}~`) break
    const segment = parseSegment(key)
    if (segment === undefined || segment.last >= before) continue
    await objects.delete(key)
    count += segment.count
  }
  for (const kind of KINDS) {
    for await (const key of objects.keys(`${kind}/`)) {
      if (key >= `${kind}/${folderOf(day)}`) break
      await objects.delete(key)
    }
  }
  // segments of the day before may reach into this one
  await forgetDays(objects, dayBefore(day))
  return count
}
