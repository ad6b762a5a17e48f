import type { EpochMetrics } from '../contracts/index.ts'
import { type Column, formatTable } from './table.ts'

const COLUMNS: readonly Column[] = [
  { title: 'epoch', align: 'right' },
  { title: 'loss', align: 'right' },
  { title: 'accuracy', align: 'right' },
  { title: 'val loss', align: 'right' },
  { title: 'val accuracy', align: 'right' },
  { title: 'images/s', align: 'right' },
]

export type EpochRow = Omit<EpochMetrics, 'type' | 'time' | 'seconds'>

/** One line an epoch; a star marks each that is called best, `meaning` says of what. */
export function epochTable(
  epochs: readonly EpochRow[],
  meaning = 'best so far on validation',
): string {
  return `${formatTable(COLUMNS, epochs.map(row))}\n* ${meaning}`
}

function row(epoch: EpochRow): string[] {
  return [
    String(epoch.epoch),
    epoch.train_loss.toFixed(4),
    epoch.train_accuracy.toFixed(4),
    epoch.val_loss.toFixed(4),
    `${epoch.val_accuracy.toFixed(4)}${epoch.best ? '*' : ' '}`,
    String(Math.round(epoch.images_per_second)),
  ]
}
