import type { RobustnessReport } from '../contracts/index.ts'
import { formatTable } from './table.ts'

/** How robust a model is, for a terminal. */
export function robustnessText(report: RobustnessReport, page: string): string {
  return [headline(report), table(report), `Report ${page}`].join('\n\n')
}

function headline(report: RobustnessReport): string {
  const { model, dataset, clean, mean, mce, relative_mce, reference, test_looks } = report
  const split = dataset.split === 'test' ? 'test' : 'validation'
  const lines = [
    `${model.run_id} on ${dataset.size} ${split} images of ${dataset.name}, corrupted in 15 ways, 5 severities each`,
    `accuracy ${percent(clean.accuracy)} clean, ${percent(mean.accuracy)} corrupted; calibration error ${percent(clean.ece)} clean, ${percent(mean.ece)} corrupted`,
    mce === null || reference === null
      ? `mean corruption error ${percent(report.unnormalized_mce)}, not normalised: no reference for these images`
      : `mCE ${percent(mce)}${relative_mce === null ? '' : `, relative mCE ${percent(relative_mce)}`}, by the errors of ${reference.name}; ${percent(report.unnormalized_mce)} not normalised`,
  ]
  if (test_looks !== null) {
    lines.push(
      `Look ${test_looks.dataset} at the test split of ${dataset.name}, ${test_looks.run} by this run.`,
    )
  }
  return lines.join('\n')
}

function table({ corruptions }: RobustnessReport): string {
  const right = (title: string) => ({ title, align: 'right' as const })
  return formatTable(
    [
      { title: 'accuracy at severity' },
      ...['1', '2', '3', '4', '5', 'mean', 'CE', 'relative CE'].map(right),
    ],
    corruptions.map(({ name, severities, ce, relative_ce }) => {
      const accuracies = severities.map(({ accuracy }) => accuracy)
      const mean = accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length
      const errors = [ce, relative_ce].map((value) => (value === null ? '–' : percent(value)))
      return [name, ...[...accuracies, mean].map(percent), ...errors]
    }),
  )
}

const percent = (share: number) => `${(100 * share).toFixed(2)} %`
