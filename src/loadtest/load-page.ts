import { figureOf, type Html, html, markup, reportDocument } from '../pages/index.ts'
import type { LoadFigure } from './load-figures.ts'
import type { LatencySummary, LoadResult, RouteResult } from './load-result.ts'

export interface LoadPageInput {
  readonly result: LoadResult
  readonly figures: readonly LoadFigure[]
  /** How the service was asked, in words: `25 users without pause, for 60.0 s`. */
  readonly description: string
}

const COLUMNS = [
  ['min', 'min'],
  ['mean', 'mean'],
  ['p50', 'p50'],
  ['p75', 'p75'],
  ['p90', 'p90'],
  ['p95', 'p95'],
  ['p99', 'p99'],
  ['p99.9', 'p99_9'],
  ['max', 'max'],
] as const satisfies readonly (readonly [string, keyof LatencySummary])[]

/** The report of a load test: one file without scripts or requests, light and dark, fit to print. */
export function loadPage({ result, figures, description }: LoadPageInput): string {
  return reportDocument(
    `Load test of ${result.url}`,
    html`${verdictSection(result, description)}
<section>
<h2>Routes</h2>
${routeTable(result)}
<p class="note">Latencies in milliseconds, of good answers, right to 0.4 %. ${latencyNote(result)}</p>
</section>
${failureSection(result)}
${figures.map(
  ({ title, figure }, at) => html`<section>
<h2>${title}</h2>
${figureOf(title, `load${at}`, figure.svg)}</section>
`,
)}`,
  )
}

const latencyNote = ({ client }: LoadResult) =>
  client.lateness === null
    ? 'They count from when a request was sent.'
    : 'They count from when a request was due, so that time spent waiting for a connection is part of them.'

function verdictSection(result: LoadResult, description: string): Html {
  const { total, client, started, seconds } = result
  const lateness = client.lateness?.p99
  const facts: readonly (readonly [string, string])[] = [
    ['Requests', grouped(total.requests)],
    ['Failures', `${grouped(total.failures)} (${percent(total.failures, total.requests)})`],
    ['Median latency', milliseconds(total.latency.p50)],
    ['99 % within', milliseconds(total.latency.p99)],
    ['Load', description],
    ['Lasted', `${seconds.toFixed(1)} s${ENDINGS[result.ended]}`],
    ['Began', new Date(started).toISOString().replace('T', ' ').slice(0, 19).concat(' UTC')],
    ['This client', `${client.cpu_microseconds_per_request.toFixed(0)} µs of CPU a request`],
    ...(lateness == null
      ? []
      : [['It began 99 % of requests within', `${milliseconds(lateness)} of their time`] as const]),
    ...(result.unfinished === 0
      ? []
      : [['Given up at the end', String(result.unfinished)] as const]),
  ]
  const verdict = total.failures === 0 ? 'verdict' : 'verdict bad'
  return html`<section>
<h1>Load test of ${result.url}</h1>
<p class="${verdict}">${grouped(Math.round(total.good_rate))} <small>good answers a second</small></p>
<dl>${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</section>`
}

const ENDINGS: Readonly<Record<LoadResult['ended'], string>> = {
  duration: '',
  requests: ', until all requests were made',
  signal: ', stopped by hand',
}

function routeTable({ routes, total }: LoadResult): Html {
  const titles = ['requests', 'failed', 'per s', ...COLUMNS.map(([title]) => title)]
  return html`<div class="scroll"><table class="wide">
<thead><tr><th class="name">route</th>${titles.map((title) => html`<th>${title}</th>`)}</tr></thead>
<tbody>${routes.map(routeRow)}</tbody>
${routes.length === 1 ? undefined : html`<tfoot>${routeRow(total)}</tfoot>`}
</table></div>`
}

function routeRow({ name, requests, failures, rate, latency }: RouteResult): Html {
  const cells = [
    grouped(requests),
    grouped(failures),
    rate.toFixed(1),
    ...COLUMNS.map(([, measure]) => short(latency[measure])),
  ]
  return html`<tr><th>${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>${markup('\n')}`
}

function failureSection({ failures, total }: LoadResult): Html {
  if (failures.length === 0) {
    return html`<section>
<h2>Failures</h2>
<p>No request failed.</p>
</section>`
  }
  const rows = failures.map(
    ({ route, kind, count, latency }) =>
      html`<tr><th>${route}</th><td class="name">${kind}</td><td>${grouped(count)}</td><td>${percent(count, total.requests)}</td><td>${short(latency.p50)}</td><td>${short(latency.p99)}</td></tr>${markup('\n')}`,
  )
  return html`<section>
<h2>Failures</h2>
<div class="scroll"><table>
<thead><tr><th class="name">route</th><th class="name">failure</th><th>count</th><th>of all requests</th><th>p50</th><th>p99</th></tr></thead>
<tbody>${rows}</tbody>
</table></div>
<p class="note">Milliseconds from when a request was sent until it failed.</p>
</section>`
}

const grouped = (count: number) => String(count).replace(/\B(?=(\d{3})+$)/g, ',')

const percent = (part: number, whole: number) =>
  whole === 0 ? '0 %' : `${Number(((100 * part) / whole).toPrecision(2))} %`

const short = (value: number | null) =>
  value === null ? '–' : value >= 100 ? value.toFixed(0) : value.toPrecision(3)

const milliseconds = (value: number | null) => (value === null ? '–' : `${short(value)} ms`)
