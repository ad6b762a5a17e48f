import type { EvaluationReport } from '../contracts/index.ts'
import { AtelierError } from '../core/index.ts'
import { type Html, html } from '../pages/index.ts'
import { count, interval, ordinal, percent, plural } from './texts.ts'

/** A wrong prediction to show as a thumbnail; class names, not indices. */
export interface Mistake {
  readonly pngDataUri: string
  readonly actual: string
  readonly predicted: string
  readonly confidence: number
}

/** More classes than this do not fit a table with numbers; the figure is shown instead. */
const WIDEST_TABLE = 25

/** What was found, on what, and how it can be trusted: before any detail. */
export function verdictSection(report: EvaluationReport): Html {
  const { accuracy, dataset, model } = report
  const split = dataset.split === 'test' ? 'test' : 'validation'
  return html`<section>
<h1>Evaluation of ${model.run_id}</h1>
<p class="verdict">${percent(accuracy.value)} <small>right, of ${count(dataset.size)} ${split} images</small></p>
<p>The true accuracy lies in ${interval(accuracy.low, accuracy.high)} with 95% confidence (Wilson). ${looks(report)}</p>
<dl>
${fact('Data set', dataset.name)}${fact('Model', `${model.architecture}, ${count(model.parameters)} parameters`)}
${fact('Loss', `${report.loss.toFixed(4)} nats`)}${fact('Macro F1', report.macro_average.f1.toFixed(4))}
${fact('Seed', String(model.seed))}${fact('Run', model.run_id)}
${fact('Evaluated', `${report.created.slice(0, 16).replace('T', ' ')} UTC`)}${fact('File', model.source)}
</dl>
</section>`
}

const fact = (name: string, value: string) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`

/** How often the split was looked at, and what that means for the figure. */
export function looks({
  dataset,
  test_looks,
}: Pick<EvaluationReport, 'dataset' | 'test_looks'>): string {
  if (dataset.split !== 'test') {
    return 'This is the split the model was chosen on, so the figure is a little too good.'
  }
  if (test_looks === null) return 'How often the test split was looked at is not known.'
  const { dataset: all, run } = test_looks
  const first = `This is the ${ordinal(all)} look at the test split of this data set, the ${ordinal(run)} by this run.`
  return all === 1
    ? first
    : `${first} Choosing between models by such looks makes the figure too good.`
}

/** Precision, recall, F1 and support, as scikit-learn's `classification_report`. */
export function classSection(report: EvaluationReport): Html {
  const row = (
    name: string,
    { precision, recall, f1, support }: EvaluationReport['macro_average'],
  ) =>
    html`<tr><th>${name}</th>${[precision, recall, f1].map(shareCell)}<td>${count(support)}</td></tr>
`
  return html`<section>
<h2>Per class</h2>
<p class="note">Precision: of the images called so, how many were. Recall: of the images that are, how many were called so. F1: both in one.</p>
<div class="scroll"><table class="wide">
<thead><tr><th class="name">class</th><th>precision</th><th>recall</th><th>F1</th><th>images</th></tr></thead>
<tbody>${report.per_class.map((scores, k) => row(report.classes[k]!, scores))}</tbody>
<tfoot>${row('mean over classes (macro)', report.macro_average)}${row('mean over images (weighted)', report.weighted_average)}</tfoot>
</table></div>
</section>`
}

const shareCell = (share: number) =>
  html`<td class="bar" style="--share: ${(100 * share).toFixed(1)}%">${share.toFixed(4)}</td>`

/** The confusion matrix as a table, or as `picture` (a PNG data URI) for very many classes. */
export function confusionSection(report: EvaluationReport, picture: string): Html {
  const table = report.classes.length <= WIDEST_TABLE
  return html`<section>
<h2>Confusion matrix</h2>
<p class="note">Rows are true classes, columns predictions. ${table ? 'Counts; the shade is the share of the row, by its square root so that rare mistakes show.' : 'Shares of each row.'}</p>
${table ? matrixTable(report) : html`<img class="paper" src="${picture}" alt="Confusion matrix">`}
</section>`
}

function matrixTable({ classes, confusion_matrix, per_class }: EvaluationReport): Html {
  const cell = (value: number, row: number, column: number) => {
    const share = Math.sqrt(value / Math.max(1, per_class[row]!.support))
    const kind = row === column ? 'right' : 'wrong'
    const text = value === 0 ? '' : count(value)
    return html`<td class="${kind}" style="--share: ${(100 * share).toFixed(0)}%">${text}</td>`
  }
  const rows = confusion_matrix.map(
    (values, row) =>
      html`<tr><th>${classes[row]!}</th>${values.map((value, column) => cell(value, row, column))}</tr>
`,
  )
  return html`<div class="scroll"><table class="matrix wide">
<thead><tr><th></th>${classes.map((name) => html`<th>${name}</th>`)}</tr></thead>
<tbody>${rows}</tbody>
</table></div>`
}

/** The most frequent confusions, and the mistakes the model was surest of. */
export function mistakeSection(report: EvaluationReport, mistakes: readonly Mistake[]): Html {
  const rows = report.top_confusions.map(
    ({ actual, predicted, count: times, share }) =>
      html`<tr><td class="name">${actual}</td><td class="name">${predicted}</td><td>${count(times)}</td><td>${percent(share, 1)}</td></tr>
`,
  )
  const table = html`<div class="scroll"><table>
<thead><tr><th class="name">true class</th><th class="name">predicted</th><th>images</th><th>of the true class</th></tr></thead>
<tbody>${rows}</tbody>
</table></div>`
  return html`<section>
<h2>Top confusions</h2>
${rows.length === 0 ? html`<p>Not one mistake in ${plural(report.dataset.size, 'image')}.</p>` : table}
${mistakes.length === 0 ? undefined : gallery(mistakes)}
</section>`
}

function gallery(mistakes: readonly Mistake[]): Html {
  return html`<h2 style="margin-top: 22px">Surest mistakes</h2>
<p class="note">Wrong predictions of highest confidence. Often the label is the mistake: worth a look at the data.</p>
<div class="mistakes">${mistakes.map(thumbnail)}</div>`
}

function thumbnail({ pngDataUri, actual, predicted, confidence }: Mistake): Html {
  if (!/^data:image\/png;base64,[A-Za-z0-9+/]+=*$/.test(pngDataUri)) {
    const got = pngDataUri.slice(0, 40)
    throw new AtelierError('EVALUATION_INPUT', `A thumbnail must be a PNG data URI, got "${got}".`)
  }
  return html`<figure><img src="${pngDataUri}" alt="${actual}"><figcaption><b>${actual}</b><br>taken for ${predicted}<br>${percent(confidence, 1)} sure</figcaption></figure>
`
}
