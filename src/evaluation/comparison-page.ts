import type { Figure } from '../figures/index.ts'
import { figureOf, type Html, html, markup, reportDocument } from '../pages/index.ts'
import { plural } from './texts.ts'

/** A row of a comparison as text, a cell a run. */
export interface ComparedRow {
  readonly name: string
  readonly cells: readonly string[]
  /** The runs that did best here. */
  readonly best?: readonly number[]
}

export interface ComparisonPage {
  readonly runs: readonly {
    readonly letter: string
    readonly id: string
    readonly facts: string
  }[]
  /** Settings in which the runs differ, of how many there are. */
  readonly config: readonly ComparedRow[]
  readonly settings: number
  /** Differences of code, data, libraries and machine. */
  readonly surroundings: readonly ComparedRow[]
  readonly metrics: readonly ComparedRow[]
}

/** `report.html` of a comparison: one file without scripts or requests. */
export function comparisonPage(
  page: ComparisonPage,
  figures: Readonly<Record<string, Figure>>,
): string {
  const { runs, config, settings, surroundings, metrics } = page
  const letters = runs.map(({ letter }) => letter)
  const drawn = Object.entries(figures)
  return reportDocument(
    `Comparison of ${plural(runs.length, 'run')}`,
    html`<section>
<h1>Comparison of ${plural(runs.length, 'run')}</h1>
<div class="scroll"><table class="wide"><tbody>
${runs.map(({ letter, id, facts }) => html`<tr><th>${letter}</th><td class="name">${id}</td><td class="name">${facts}</td></tr>\n`)}</tbody></table></div>
</section>
<section>
<h2>Configuration</h2>
${config.length === 0 ? html`<p>All ${settings} settings are alike.</p>` : html`<p class="note">${config.length} of ${plural(settings, 'setting')} differ.</p>${table(letters, config, 'setting')}`}
</section>
${
  surroundings.length === 0
    ? undefined
    : html`<section>
<h2>Code, data and machine</h2>
${table(letters, surroundings, 'what')}
</section>`
}
<section>
<h2>Metrics</h2>
${metrics.length === 0 ? html`<p>No run has a metric yet.</p>` : html`<p class="note">Of training, the values of the epoch that was kept. The best of each is bold.</p>${table(letters, metrics, 'metric')}`}
</section>
${
  drawn.length === 0
    ? undefined
    : html`<section>
<h2>Curves</h2>
<div class="stack">${drawn.map(([name, { svg }], at) => figureOf(name, `curve${at}`, svg))}</div>
</section>`
}`,
  )
}

function table(letters: readonly string[], rows: readonly ComparedRow[], title: string): Html {
  const cell = (text: string, best: boolean) => html`<td>${best ? html`<b>${text}</b>` : text}</td>`
  return html`<div class="scroll"><table class="wide">
<thead><tr><th class="name">${title}</th>${letters.map((letter) => html`<th>${letter}</th>`)}</tr></thead>
<tbody>${rows.map(
    ({ name, cells, best }) =>
      html`<tr><th>${name}</th>${cells.map((text, at) => cell(text, best?.includes(at) ?? false))}</tr>${markup('\n')}`,
  )}</tbody>
</table></div>`
}
