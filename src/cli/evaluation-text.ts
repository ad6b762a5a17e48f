import type { EvaluationReport } from '../contracts/index.ts'
import { formatTable } from './table.ts'

const SHOWN_CONFUSIONS = 5

/** The result of an evaluation for a terminal. */
export function evaluationText(report: EvaluationReport, page: string): string {
  return [headline(report), classTable(report), confusionTable(report), `Report ${page}`]
    .filter((part) => part !== '')
    .join('\n\n')
}

function headline({ accuracy, loss, dataset, test_looks, calibration, model }: EvaluationReport) {
  const split = dataset.split === 'test' ? 'test' : 'validation'
  const looks =
    test_looks === null
      ? ''
      : `\nLook ${test_looks.dataset} at the test split of ${dataset.name}, ${test_looks.run} by this run.`
  return `${model.run_id} on ${dataset.size} ${split} images of ${dataset.name}
accuracy ${percent(accuracy.value)} (95 % interval ${percent(accuracy.low)} to ${percent(accuracy.high)}), loss ${loss.toFixed(4)}
${calibrationText(calibration)}${looks}`
}

function calibrationText(calibration: EvaluationReport['calibration']): string {
  const { served, temperature, ece, ece_calibrated } = calibration
  const mark = (name: typeof served) => (name === served ? ' as served' : '')
  return `calibration error ${ece.toFixed(4)}${mark('raw')}, ${ece_calibrated.toFixed(4)} at temperature ${temperature.toFixed(3)}${mark('calibrated')}`
}

function classTable(report: EvaluationReport): string {
  const row = (
    name: string,
    { precision, recall, f1, support }: EvaluationReport['macro_average'],
  ) => [name, precision.toFixed(4), recall.toFixed(4), f1.toFixed(4), String(support)]
  return formatTable(
    [
      { title: 'class' },
      { title: 'precision', align: 'right' },
      { title: 'recall', align: 'right' },
      { title: 'F1', align: 'right' },
      { title: 'images', align: 'right' },
    ],
    [
      ...report.per_class.map((scores, k) => row(report.classes[k]!, scores)),
      row('mean over classes', report.macro_average),
    ],
  )
}

function confusionTable({ top_confusions }: EvaluationReport): string {
  if (top_confusions.length === 0) return ''
  return formatTable(
    [
      { title: 'true class' },
      { title: 'taken for' },
      { title: 'images', align: 'right' },
      { title: 'of the class', align: 'right' },
    ],
    top_confusions
      .slice(0, SHOWN_CONFUSIONS)
      .map(({ actual, predicted, count, share }) => [
        actual,
        predicted,
        String(count),
        percent(share),
      ]),
  )
}

const percent = (share: number) => `${(100 * share).toFixed(2)} %`
