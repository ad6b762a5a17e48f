import { join } from 'node:path'
import { type RobustnessReport, robustnessReportSchema } from '../contracts/index.ts'
import { writeFileAtomic } from '../core/index.ts'
import { renderVegaLite } from '../figures/index.ts'
import { heatMapSpec, severitySpec, shiftSpec } from './robustness-figures.ts'
import { robustnessPage, type Strips } from './robustness-page.ts'

export interface RobustnessDetails {
  readonly strips: Strips
  /** The command that gives this result again. */
  readonly command: string
}

export interface RobustnessFiles {
  readonly robustnessJson: string
  readonly robustnessHtml: string
  readonly figures: readonly string[]
}

/** Writes robustness.json and robustness.html to `folder` and the PNG figures to its `figures/`. */
export async function writeRobustness(
  folder: string,
  report: RobustnessReport,
  details: RobustnessDetails,
): Promise<RobustnessFiles> {
  const json = `${JSON.stringify(robustnessReportSchema.parse(report), null, 2)}\n`
  const [heatMap, severity, shift] = [
    await renderVegaLite(heatMapSpec(report)),
    await renderVegaLite(severitySpec(report)),
    await renderVegaLite(shiftSpec(report)),
  ]
  const page = robustnessPage({ report, ...details, figures: { severity, shift } })
  const drawn = [
    [join(folder, 'figures', 'robustness_accuracy.png'), heatMap.png],
    [join(folder, 'figures', 'robustness_severity.png'), severity.png],
    [join(folder, 'figures', 'calibration_under_shift.png'), shift.png],
  ] as const
  const robustnessHtml = join(folder, 'robustness.html')
  const robustnessJson = join(folder, 'robustness.json')
  for (const [path, content] of [
    ...drawn,
    [robustnessHtml, page],
    [robustnessJson, json],
  ] as const) {
    await writeFileAtomic(path, content)
  }
  return { robustnessJson, robustnessHtml, figures: drawn.map(([path]) => path) }
}
