import type { CorruptionName, RobustnessReport } from '../contracts/index.ts'
import { count, looks, percent } from '../evaluation/index.ts'
import type { Figure } from '../figures/index.ts'
import { figureOf, type Html, html, reportDocument } from '../pages/index.ts'
import { scoresBySeverity } from './build-report.ts'
import { corruptions } from './corruptions.ts'
import { titleOf } from './robustness-figures.ts'

/** The same picture at every severity, side by side, by corruption; the clean one first. */
export type Strips = Readonly<Record<CorruptionName, Uint8Array>>

export interface RobustnessPage {
  readonly report: RobustnessReport
  readonly strips: Strips
  readonly figures: { readonly severity: Figure; readonly shift: Figure }
  /** The command that gives this result again. */
  readonly command: string
}

/** `robustness.html`: one file without scripts or requests. */
export function robustnessPage({ report, strips, figures, command }: RobustnessPage): string {
  return reportDocument(
    `Robustness of ${report.model.run_id}`,
    html`${verdict(report)}
${tableSection(report)}
<section>
<h2>By severity</h2>
<div class="stack">${figureOf('Accuracy by severity', 'severity', figures.severity.svg)}</div>
</section>
${pictureSection(strips)}
${shiftSection(report, figures.shift)}
<section>
<h2>Reproduce</h2>
<pre>${command}</pre>
<p class="note">The corrupted images are a function of the clean ones and seed ${report.seed}; robustness.json has the SHA-256 of each set.</p>
<pre>${digests(report)}</pre>
</section>`,
  )
}

function verdict(report: RobustnessReport): Html {
  const { mean, clean, dataset, model, mce, relative_mce } = report
  const images = `${count(dataset.size)} ${dataset.split === 'test' ? 'test' : 'validation'} images`
  return html`<section>
<h1>Robustness of ${model.run_id}</h1>
<p class="verdict">${percent(mean.accuracy)} <small>right on corrupted images, ${percent(clean.accuracy)} on clean ones</small></p>
<p>Mean over 15 corruptions of 5 severities, ${images} each. ${looks(report)}</p>
<p>${referenceText(report)}</p>
<dl>
${fact('mCE', mce === null ? '–' : percent(mce, 1))}${fact('Relative mCE', relative_mce === null ? '–' : percent(relative_mce, 1))}
${fact('Unnormalised mCE', percent(report.unnormalized_mce))}${fact('Calibration error, clean', percent(clean.ece))}
${fact('Calibration error, corrupted', percent(mean.ece))}${fact('Data set', dataset.name)}
${fact('Model', `${model.architecture}, ${count(model.parameters)} parameters`)}${fact('Judged', `${report.created.slice(0, 16).replace('T', ' ')} UTC`)}
</dl>
</section>`
}

const fact = (name: string, value: string) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`

function referenceText({ reference }: RobustnessReport): string {
  if (reference === null) {
    return 'There is no reference for these images, so errors are not compared with another model’s.'
  }
  const { name, errors } = reference
  return `Corruption errors (CE) are shares of the errors of ${name}, which is wrong on ${percent(errors.clean)} of the clean images: below 100% is better than it.`
}

function tableSection(report: RobustnessReport): Html {
  const rows = report.corruptions.map(({ name, severities, ce, relative_ce }) => {
    const mean = severities.reduce((sum, { accuracy }) => sum + accuracy, 0) / severities.length
    return html`<tr><th title="${corruptions[name].meaning}">${titleOf(name)}</th>${severities.map(({ accuracy }) => accuracyCell(accuracy))}${accuracyCell(mean)}<td>${share(ce)}</td><td>${share(relative_ce)}</td></tr>
`
  })
  const byReference = report.reference !== null
  return html`<section>
<h2>Accuracy by corruption</h2>
<p class="note">The stronger the colour, the more errors. ${byReference ? 'CE: errors over those of the reference, all severities together. Relative CE: what the corruption adds to the clean error, over what it adds to the reference’s; – where it adds nothing to that.' : ''}</p>
<div class="scroll"><table class="matrix wide">
<thead><tr><th></th>${[1, 2, 3, 4, 5].map((severity) => html`<th>${severity}</th>`)}<th>mean</th><th>CE</th><th>relative CE</th></tr></thead>
<tbody>${rows}</tbody>
</table></div>
</section>`
}

function accuracyCell(accuracy: number): Html {
  return html`<td style="--share: ${(90 * Math.sqrt(1 - accuracy)).toFixed(0)}%">${percent(accuracy, 1)}</td>`
}

const share = (value: number | null) => (value === null ? '–' : percent(value, 1))

function pictureSection(strips: Strips): Html {
  const rows = Object.entries(strips).map(([name, png]) => {
    const source = `data:image/png;base64,${Buffer.from(png).toString('base64')}`
    const { meaning } = corruptions[name as CorruptionName]
    return html`<tr><th>${titleOf(name)}</th><td class="name"><img src="${source}" alt="${titleOf(name)}, from clean to severity 5" style="height: 64px; image-rendering: pixelated; display: block"></td><td class="name" style="white-space: normal">${meaning}</td></tr>
`
  })
  return html`<section>
<h2>What the images look like</h2>
<p class="note">The first image: clean, then severities 1 to 5.</p>
<div class="scroll"><table class="wide">
<tbody>${rows}</tbody>
</table></div>
</section>`
}

function shiftSection(report: RobustnessReport, figure: Figure): Html {
  const rows = scoresBySeverity(report).map(
    ({ accuracy, ece, nll, brier }, severity) =>
      html`<tr><th>${severity === 0 ? 'clean' : `severity ${severity}`}</th><td>${percent(accuracy)}</td><td>${percent(ece)}</td><td>${nll.toFixed(4)}</td><td>${brier.toFixed(4)}</td></tr>
`,
  )
  return html`<section>
<h2>Calibration under shift</h2>
<p>A model should grow less sure as its images grow worse. ECE is the gap between confidence and accuracy, NLL the negative log-likelihood in nats, Brier the squared error of all probabilities, 0 to 2; of the probabilities as served, at temperature ${report.temperature.toFixed(3)}.</p>
<div class="stack">${figureOf('Calibration under shift', 'shift', figure.svg)}</div>
<div class="scroll"><table>
<thead><tr><th class="name">mean over corruptions</th><th>accuracy</th><th>ECE</th><th>NLL</th><th>Brier</th></tr></thead>
<tbody>${rows}</tbody>
</table></div>
</section>`
}

function digests({ model, dataset, reference }: RobustnessReport): string {
  const lines = [
    `model      sha256 ${model.sha256}`,
    `weights    sha256 ${model.weight_digest}`,
    `data       sha256 ${dataset.digest}`,
  ]
  if (reference !== null) lines.push(`reference  weights sha256 ${reference.weight_digest}`)
  return lines.join('\n')
}
