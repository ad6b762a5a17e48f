import type { DriftReport } from '../../contracts/index.ts'
import { type Html, html } from '../../pages/index.ts'
import { digits, percent, whole } from './page-text.ts'

const KINDS = {
  feature: 'feature',
  expected: 'beside expected',
  confidence: 'confidence',
  probability: 'probability',
  class_mix: 'classes',
} as const

/** Every measure of the verdict. */
export function measuresSection({ measures, alpha }: DriftReport): Html | undefined {
  if (measures.length === 0) return undefined
  const rows = measures.map(
    (each) => html`<tr><th>${each.name}</th><td class="name">${KINDS[each.kind]}</td>
<td>${digits(each.reference)}</td><td>${digits(each.current)}</td><td>${each.effect.value.toFixed(2)}</td>
<td>${percent(each.gap)}</td><td>${percent(each.adjusted)}</td>
<td class="name">${each.drifted ? html`<b>drifted</b>` : needs(each.more_rows)}</td></tr>
`,
  )
  return html`<section><h2>All measures, the most unusual first</h2>
<p class="note">Beside expected: how far a row is from what its class and its other features let expect. Effect: Cliff's delta (−1 to 1), of the classes the total variation. Moved: the least share of rows that must have changed. Chance: of any measure moving so far when nothing has changed; at most ${percent(alpha)} is drift.</p>
<div class="scroll"><table><thead><tr><th class="name">Measure</th><th class="name">Kind</th><th>Reference</th><th>Window</th><th>Effect</th><th>Moved</th><th>Chance</th><th></th></tr></thead>
<tbody>${rows}</tbody></table></div></section>
`
}

function needs(rows: number | null): string {
  return rows === null ? '' : `needs ${whole(rows)} more rows`
}

/** The numbers of Evidently's default, for those who know them. */
export function evidentlySection({ evidently }: DriftReport): Html {
  const { columns, dataset_drift, share_of_drifted_columns } = evidently
  const rows = columns.map(
    ({ column, test, score, threshold, drifted }) => html`<tr><th>${column}</th>
<td class="name">${test}</td><td>${digits(score)}</td><td>${digits(threshold)}</td><td class="name">${drifted ? 'flagged' : ''}</td></tr>
`,
  )
  return html`<section><h2>What Evidently's default says</h2>
<p class="note">${percent(share_of_drifted_columns)} of columns flagged${dataset_drift ? ': a drifted data set by its rule' : ''}. It compares each column by itself, whatever the number of rows, so it flags small windows in which nothing has changed.</p>
<div class="scroll"><table><thead><tr><th class="name">Column</th><th class="name">Test</th><th>Score</th><th>Threshold</th><th></th></tr></thead>
<tbody>${rows}</tbody></table></div></section>
`
}

/** What was compared, and what was left out. */
export function comparedSection({ dropped, window, created }: DriftReport): Html {
  const left = dropped.map(
    ({ column, side, rows }) =>
      html`<li>${column}: ${whole(rows)} rows of the ${side === 'current' ? 'window' : 'reference'}</li>`,
  )
  return html`<section><h2>Rows left out</h2>
<p>${whole(window.rows - window.judged)} of ${whole(window.rows)} rows of the window repeat another row and were not judged.</p>
${dropped.length === 0 ? html`<p>Every row holds a finite value in every column.</p>` : html`<p>Without a finite value:</p><ul>${left}</ul>`}
<p class="note">Made ${created}.</p></section>
`
}
