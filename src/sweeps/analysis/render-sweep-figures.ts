import { type Figure, renderVegaLite, type VegaLiteSpec } from '../../figures/index.ts'
import { historySpec } from './history-figure.ts'
import { parameterImportance } from './importance.ts'
import { importanceSpec } from './importance-figure.ts'
import { parallelCoordinatesSpec } from './parallel-figure.ts'
import { slicesSpec } from './slices-figure.ts'
import { type SweepResults, scoredTrials, variedParameters } from './sweep-results.ts'

export type SweepFigureName = 'history' | 'parallel_coordinates' | 'importance' | 'slices'

export interface SweepFigure {
  /** Its file's name, without the ending. */
  readonly name: SweepFigureName
  readonly title: string
  readonly figure: Figure
}

/** The figures that there are results for: none without a complete trial, no importance of too few. */
export async function renderSweepFigures(results: SweepResults): Promise<SweepFigure[]> {
  if (scoredTrials(results).length === 0) return []
  const importance = parameterImportance(results)
  const varies = variedParameters(results).length > 0
  const specs: readonly (readonly [SweepFigureName, string, VegaLiteSpec | undefined])[] = [
    ['history', 'Trials', historySpec(results)],
    [
      'parallel_coordinates',
      'Trials by their parameters',
      varies ? parallelCoordinatesSpec(results) : undefined,
    ],
    [
      'importance',
      'Importance of parameters',
      importance.length > 0 ? importanceSpec(importance) : undefined,
    ],
    ['slices', 'The metric over each parameter', varies ? slicesSpec(results) : undefined],
  ]
  const figures: SweepFigure[] = []
  for (const [name, title, spec] of specs) {
    if (spec !== undefined) figures.push({ name, title, figure: await renderVegaLite(spec) })
  }
  return figures
}
