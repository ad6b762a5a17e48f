import type { ModelVersion } from '../../contracts/index.ts'
import { type Html, html, reportDocument } from '../../pages/index.ts'
import { type CardSection, modelCard } from './model-card.ts'

/** The card of a version as one file without scripts or requests. */
export function modelCardPage(version: ModelVersion): string {
  const { title, sections } = modelCard(version)
  const body = html`<h1>${title}</h1>
${sections.map(sectionHtml)}`
  return reportDocument(title, body)
}

function sectionHtml({ heading, paragraphs, facts, table, code }: CardSection): Html {
  return html`<section>
<h2>${heading}</h2>
${paragraphs.map(
  (text) => html`<p>${text}</p>
`,
)}<dl>${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${table === undefined ? undefined : tableHtml(table)}${code === undefined ? undefined : html`<pre>${code}</pre>`}
</section>
`
}

function tableHtml({ columns, rows }: NonNullable<CardSection['table']>): Html {
  const [first = '', ...others] = columns
  return html`<div class="scroll"><table>
<thead><tr><th class="name">${first}</th>${others.map((title) => html`<th>${title}</th>`)}</tr></thead>
<tbody>${rows.map(
    ([
      name = '',
      ...cells
    ]) => html`<tr><th>${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>
`,
  )}</tbody>
</table></div>
`
}
