import type { Figure } from '../figures/index.ts'
import { type Html, html, markup } from './html.ts'
import { figureOf, reportDocument } from './report-document.ts'
import { plural } from './texts.ts'

/** What the page of a sweep tells, as text. */
export interface SweepPage {
  readonly id: string
  /** The best value, and what it was chosen by: `0.9012`, `val.accuracy, higher is better`. */
  readonly best: string | undefined
  readonly objective: string
  readonly facts: readonly (readonly [name: string, value: string])[]
  /** The trials, best first. */
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly importance: readonly { readonly name: string; readonly share: number }[]
  readonly figures: readonly {
    /** Of the PNG file. */
    readonly name: string
    readonly title: string
    readonly figure: Figure
  }[]
  /** What trains with the best parameters again. */
  readonly command: string | undefined
  /** The sweep file. */
  readonly definition: string
}

/** `report.html` of a sweep: one file without scripts or requests. */
export function sweepPage(page: SweepPage): string {
  return reportDocument(
    `Sweep ${page.id}`,
    html`<section>
<h1>Sweep ${page.id}</h1>
${page.best === undefined ? html`<p>No trial is complete.</p>` : html`<p class="verdict">${page.best} <small>${page.objective}</small></p>`}
<dl>${page.facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</section>
<section>
<h2>Trials</h2>
${trialTable(page)}
</section>
${importanceSection(page)}
${figureSection(page)}
<section>
<h2>Repeat</h2>
${page.command === undefined ? undefined : html`<pre>${page.command}</pre>`}
<details><summary>Sweep file</summary><pre>${page.definition}</pre></details>
</section>`,
  )
}

function trialTable({ columns, rows }: SweepPage): Html {
  return html`<div class="scroll"><table class="wide">
<thead><tr>${columns.map((title) => html`<th>${title}</th>`)}</tr></thead>
<tbody>${rows.map((cells) => html`<tr>${cells.map((text) => html`<td>${text}</td>`)}</tr>${markup('\n')}`)}</tbody>
</table></div>`
}

function importanceSection({ importance, rows }: SweepPage): Html | undefined {
  if (importance.length === 0) return undefined
  const bar = (share: number) => markup(` style="--share: ${(100 * share).toFixed(1)}%"`)
  return html`<section>
<h2>Importance of parameters</h2>
<p class="note">How much of what a forest of trees learned from ${plural(rows.length, 'trial')} goes back to each parameter. With few trials it is a hint, no more.</p>
<div class="scroll"><table class="wide"><tbody>${importance.map(
    ({ name, share }) =>
      html`<tr><th>${name}</th><td class="bar"${bar(share)}>${Math.round(100 * share)} %</td></tr>${markup('\n')}`,
  )}</tbody></table></div>
</section>`
}

function figureSection({ figures }: SweepPage): Html | undefined {
  if (figures.length === 0) return undefined
  return html`<section>
<h2>Figures</h2>
<div class="stack">${figures.map(({ title, figure }, at) => figureOf(title, `sweep${at}`, figure.svg))}</div>
</section>`
}
