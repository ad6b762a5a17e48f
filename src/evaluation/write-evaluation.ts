import { join } from 'node:path'
import { type EvaluationReport, evaluationReportSchema } from '../contracts/index.ts'
import { writeFileAtomic } from '../core/index.ts'
import { renderVegaLite } from '../figures/index.ts'
import { reliabilitySpec } from './reliability-figure.ts'
import { renderFigures } from './render-figures.ts'
import { reportPage } from './report-page.ts'
import type { Mistake } from './report-sections.ts'
import type { TrainingCurves } from './training-curves.ts'

export interface EvaluationFiles {
  readonly reportJson: string
  readonly reportHtml: string
  readonly figures: readonly string[]
}

export interface EvaluationDetails {
  /** Absent for a model whose run is not at hand: then without the two training figures. */
  readonly curves?: TrainingCurves | undefined
  /** Shown in the order given: surest first. */
  readonly mistakes?: readonly Mistake[] | undefined
  /** The resolved configuration as text. */
  readonly configuration?: string | undefined
  /** The command that gives this result again. */
  readonly command?: string | undefined
}

/**
 * Writes report.json and report.html to `folder` and the PNG figures to `figuresFolder`, each file
 * whole or not at all, and nothing before everything is drawn. Gives the paths written.
 */
export async function writeEvaluation(
  folder: string,
  figuresFolder: string,
  report: EvaluationReport,
  details: EvaluationDetails = {},
): Promise<EvaluationFiles> {
  const json = `${JSON.stringify(evaluationReportSchema.parse(report), null, 2)}\n`
  const figures = await renderFigures(report, details.curves)
  const { svg: reliability } = await renderVegaLite(reliabilitySpec(report))
  const page = reportPage({
    report,
    figures,
    reliability,
    mistakes: details.mistakes ?? [],
    configuration: details.configuration,
    command: details.command,
  })
  const drawn = Object.entries(figures).map(
    ([name, { png }]) => [join(figuresFolder, `${name}.png`), png] as const,
  )
  const [reportJson, reportHtml] = [join(folder, 'report.json'), join(folder, 'report.html')]
  for (const [path, content] of [...drawn, [reportHtml, page], [reportJson, json]] as const) {
    await writeFileAtomic(path, content)
  }
  return { reportJson, reportHtml, figures: drawn.map(([path]) => path) }
}
