import { join } from 'node:path'
import { writeFileAtomic } from '../core/index.ts'
import { type SweepPage, sweepPage } from './sweep-page.ts'

/** Writes `report.html` and the figures as `figures/NAME.png` to a sweep's folder. Gives the page's path. */
export async function writeSweepReport(folder: string, page: SweepPage): Promise<string> {
  for (const { name, figure } of page.figures) {
    await writeFileAtomic(join(folder, 'figures', `${name}.png`), figure.png)
  }
  const path = join(folder, 'report.html')
  await writeFileAtomic(path, sweepPage(page))
  return path
}
