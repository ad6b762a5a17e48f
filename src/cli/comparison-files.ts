import {
  type ComparisonPage,
  writeComparisonFigures,
  writeComparisonPage,
} from '../evaluation/index.ts'
import { type ComparedRun, curvesOf, labelOf } from './comparison.ts'

/** Absolute folders. */
export interface ComparisonFolders {
  readonly figures: string
  /** Of `report.html`; undefined: figures only. */
  readonly report: string | undefined
}

/** Draws a comparison and gives the paths written. */
export async function writeComparison(
  runs: readonly ComparedRun[],
  page: ComparisonPage,
  metrics: readonly string[],
  { figures, report }: ComparisonFolders,
): Promise<readonly string[]> {
  const curves = curvesOf(runs, metrics)
  const drawn = await writeComparisonFigures(figures, runs.map(labelOf), curves)
  if (report === undefined) return drawn.files
  return [...drawn.files, await writeComparisonPage(report, page, drawn.figures)]
}
