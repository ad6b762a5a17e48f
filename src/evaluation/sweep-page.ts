import type { Figure } from '../figures/index.ts'
import { figureOf, type Html, html, markup, reportDocument } from '../pages/index.ts'

/** What the page of a sweep tells, as text. */
export interface SweepPage {
  readonly id: string
  /** The best value, and what it was chosen by: `0.9012`, `val.accuracy, higher is better`. */
  readonly best: string | undefined
  readonly objective: string
  readonly facts: readonly (readonly [name: string, value: string])[]
  /** The trials, best first. */
  readonly columns: readonly { readonly title: string; readonly align?: 'left' | 'right' }[]
  readonly rows: readonly (readonly string[])[]
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
<thead><tr>${columns.map(({ title, align }) => (isText(align) ? html`<th class="name">${title}</th>` : html`<th>${title}</th>`))}</tr></thead>
<tbody>${rows.map((cells) => html`<tr>${cells.map((text, at) => (isText(columns[at]!.align) ? html`<td class="name">${text}</td>` : html`<td>${text}</td>`))}</tr>${markup('\n')}`)}</tbody>
</table></div>`
}

const isText = (align: 'left' | 'right' | undefined) => align !== 'right'

function figureSection({ figures }: SweepPage): Html | undefined {
  if (figures.length === 0) return undefined
  return html`<section>
<h2>Figures</h2>
<div class="stack">${figures.map(({ title, figure }, at) => figureOf(title, `sweep${at}`, figure.svg))}</div>
</section>`
}
