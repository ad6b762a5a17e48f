import type { EvaluationReport } from '../contracts/index.ts'
import { figureOf, type Html, html, reportDocument } from '../pages/index.ts'
import type { Figures } from './render-figures.ts'
import {
  classSection,
  confusionSection,
  type Mistake,
  mistakeSection,
  verdictSection,
} from './report-sections.ts'

export interface PageInput {
  readonly report: EvaluationReport
  readonly figures: Figures
  /** SVG of the reliability diagram. */
  readonly reliability: string
  readonly mistakes: readonly Mistake[]
  /** The resolved configuration as text. */
  readonly configuration: string | undefined
  /** The command that gives this result again. */
  readonly command: string | undefined
}

/** `report.html`: one file without scripts or requests, light and dark, fit to print. */
export function reportPage(input: PageInput): string {
  const { report, figures, mistakes } = input
  return reportDocument(
    `Evaluation of ${report.model.run_id}`,
    html`${verdictSection(report)}
${classSection(report)}
${confusionSection(report, pngDataUri(figures.confusion_matrix_normalized?.png))}
${mistakeSection(report, mistakes)}
${calibrationSection(report, input.reliability)}
${curveSection(figures)}
${reproduceSection(input)}`,
  )
}

function calibrationSection({ calibration, loss }: EvaluationReport, svg: string): Html {
  const { served, temperature, ...scores } = calibration
  const row = (kind: 'raw' | 'fitted', name: string, values: readonly number[]) =>
    html`<tr><th><span class="key ${kind}">●</span> ${name}</th>${values.map((value) => html`<td>${value.toFixed(4)}</td>`)}</tr>
`
  const [plain, calibrated] = [
    [scores.ece, loss, scores.brier],
    [scores.ece_calibrated, scores.nll_calibrated, scores.brier_calibrated],
  ]
  const mark = (name: typeof served) => (name === served ? ', served' : '')
  return html`<section>
<h2>Calibration</h2>
<div class="pair">${figureOf('Reliability diagram', 'reliability', svg)}
<div>
<p>Does the model know how sure it may be? On the dashed line it does: of the predictions made with 80% confidence, 80% are right.</p>
<div class="scroll"><table>
<thead><tr><th class="name">probabilities</th><th>ECE</th><th>NLL</th><th>Brier</th></tr></thead>
<tbody>${row('raw', `plain softmax${mark('raw')}`, plain)}${row('fitted', `T = ${temperature.toFixed(3)}${mark('calibrated')}`, calibrated)}</tbody>
</table></div>
<p class="note">The logits are divided by the temperature T, which was fitted on the validation split; the predicted class stays the same. ECE: expected calibration error, 15 equal bins of the predicted class's confidence; those of fewer than ten images are not drawn. NLL: negative log-likelihood in nats. Brier score: 0 to 2.</p>
</div></div>
</section>`
}

function curveSection({ train_loss, train_accuracy, test_accuracy }: Figures): Html {
  const drawn = [
    ['Training loss', 'loss', train_loss?.svg],
    ['Training accuracy', 'accuracy', train_accuracy?.svg],
    ['Accuracy by epoch', 'result', test_accuracy?.svg],
  ] as const
  return html`<section>
<h2>Training</h2>
<div class="stack">${drawn.map(([title, id, svg]) => (svg === undefined ? undefined : figureOf(title, id, svg)))}</div>
</section>`
}

function reproduceSection({ report, configuration, command }: PageInput): Html {
  const { model, dataset } = report
  const digests = `model    sha256 ${model.sha256}
weights  sha256 ${model.weight_digest}
data     sha256 ${dataset.digest}`
  return html`<section>
<h2>Reproduce</h2>
${command === undefined ? undefined : html`<pre>${command}</pre>`}
<p class="note">With the same seed and data it gives the same weights, to be checked by their digest.</p>
<pre>${digests}</pre>
${configuration === undefined ? undefined : html`<details><summary>Configuration</summary><pre>${configuration}</pre></details>`}
</section>`
}

const pngDataUri = (png: Uint8Array | undefined) =>
  `data:image/png;base64,${Buffer.from(png ?? []).toString('base64')}`
