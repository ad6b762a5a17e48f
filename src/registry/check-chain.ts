import type { HistoryEntry } from '../contracts/index.ts'
import { FIRST_HASH, type HistoryHead, hashOf } from './history-chain.ts'
import type { Problem } from './registry.ts'

/** Follows the chain entry by entry; entries come in the order of their numbers. */
export function chainChecker(anchor: HistoryHead | undefined) {
  let last: HistoryHead = { sequence: 0, hash: FIRST_HASH }
  let anchored = anchor === undefined || anchor.sequence === 0
  const problems: Problem[] = []
  const report = (sequence: number, what: string) =>
    problems.push({ where: `entry ${sequence}`, what })
  return {
    add(entry: HistoryEntry): void {
      const { sequence, prev_hash, hash } = entry
      const missing = sequence - last.sequence - 1
      if (missing > 0) report(last.sequence + 1, gapText(missing))
      else if (prev_hash !== last.hash) report(sequence, 'does not follow the entry before it')
      if (hashOf(entry) !== hash)
        report(sequence, 'was changed: its hash is not that of its content')
      if (sequence === anchor?.sequence) {
        anchored = true
        if (!hash.startsWith(anchor.hash)) report(sequence, 'is not the one that was noted')
      }
      last = { sequence, hash }
    },
    /** What is wrong with the chain; `head` is where the database says that it ends. */
    end(head: HistoryHead): readonly Problem[] {
      if (head.sequence > last.sequence) {
        report(last.sequence + 1, gapText(head.sequence - last.sequence))
      } else if (head.sequence < last.sequence || head.hash !== last.hash) {
        report(last.sequence, 'is not where the history was said to end')
      }
      if (!anchored) report(anchor!.sequence, 'was noted and is missing')
      return problems
    },
  }
}

const gapText = (count: number) =>
  count === 1 ? 'is missing' : `and the ${count - 1} after it are missing`
