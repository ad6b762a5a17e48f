import { join } from 'node:path'
import { writeFileAtomic } from '../core/index.ts'
import { type Figure, renderVegaLite } from '../figures/index.ts'
import { type ComparedCurve, comparisonSpec } from './comparison-figure.ts'
import { type ComparisonPage, comparisonPage } from './comparison-page.ts'

/** A metric and its curves, a run each. */
export interface ComparedMetricCurves {
  readonly metric: string
  readonly curves: readonly ComparedCurve[]
}

/** Draws each metric and writes it to `folder` as `METRIC.png`, dots as underscores. Gives the drawings by metric. */
export async function writeComparisonFigures(
  folder: string,
  labels: readonly string[],
  metrics: readonly ComparedMetricCurves[],
): Promise<{ readonly files: readonly string[]; readonly figures: Record<string, Figure> }> {
  const figures: Record<string, Figure> = {}
  for (const { metric, curves } of metrics) {
    figures[metric] = await renderVegaLite(comparisonSpec(metric, labels, curves))
  }
  const files: string[] = []
  for (const [metric, { png }] of Object.entries(figures)) {
    const path = join(folder, `${metric.replace(/[^\w-]+/g, '_')}.png`)
    await writeFileAtomic(path, png)
    files.push(path)
  }
  return { files, figures }
}

/** Writes `report.html` to `folder` and gives its path. */
export async function writeComparisonPage(
  folder: string,
  page: ComparisonPage,
  figures: Readonly<Record<string, Figure>>,
): Promise<string> {
  const path = join(folder, 'report.html')
  await writeFileAtomic(path, comparisonPage(page, figures))
  return path
}
