import type { DriftReport } from '../../contracts/index.ts'
import { figureOf, type Html, html, reportDocument } from '../../pages/index.ts'
import { drawOverTime } from './draw-over-time.ts'
import { drawClassMix, drawDistribution, drawVolume } from './drawings.ts'
import { comparedSection, evidentlySection, measuresSection } from './page-tables.ts'
import { digits, modelText, percent, whole } from './page-text.ts'

const TITLES = { ok: 'No drift', watch: 'Watch', drift: 'Drift', unjudged: 'Not judged' } as const

function titleOf({ verdict }: DriftReport): string {
  return TITLES[verdict]
}

/** The report as one self-contained page: the verdict first, then what it is from. */
export function driftPage(report: DriftReport): string {
  const sections = [
    verdictSection(report),
    distributionSection(report),
    classSection(report),
    overTimeSection(report),
    volumeSection(report),
    measuresSection(report),
    evidentlySection(report),
    comparedSection(report),
  ]
  return reportDocument(`${titleOf(report)} – drift report`, html`${sections}`)
}

function verdictSection(report: DriftReport): Html {
  const { verdict, reason, warnings, p, alpha, window, measures } = report
  const style = verdict === 'drift' ? 'verdict bad' : 'verdict'
  return html`<h1>Drift report${report.model === null ? '' : ` of ${modelText(report.model)}`}</h1>
<section>
<p class="${style}">${titleOf(report)}</p>
<p>${reason}</p>
${measures.length === 0 ? undefined : html`<p class="note">When nothing has changed, a window of ${whole(window.judged)} rows is as unusual as this in at most ${percent(p)} of cases; drift is told from ${percent(alpha)} on downwards.</p>`}
${warnings.map((warning) => html`<p><b>Note:</b> ${warning}</p>`)}
<dl>${[...factsOf(report), ...liveFacts(report)].map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</section>
`
}

type Fact = readonly [name: string, value: string]

function factsOf({ window, reference, latency }: DriftReport): Fact[] {
  const { first, last } = window
  return [
    ['Predictions', whole(window.rows)],
    ...(first === null || last === null ? [] : [['From', first] as const, ['To', last] as const]),
    ['Log', window.source],
    ['Reference', `${reference.source}, ${whole(reference.rows)} rows`],
    ...(latency === null
      ? []
      : [
          [
            'Latency',
            `${digits(latency.p50)} ms median, ${digits(latency.p95)} ms p95, ${digits(latency.p99)} ms p99`,
          ] as const,
        ]),
  ]
}

function liveFacts({ live }: DriftReport): Fact[] {
  if (live === null) return []
  const { accuracy, low, high, labelled, right, reference } = live
  const before = reference === null ? '' : `; ${percent(reference)} on held-out images`
  return [
    [
      'Live accuracy',
      `${percent(accuracy)} (95 % interval ${percent(low)} to ${percent(high)}): ${whole(right)} of ${whole(labelled)} labelled${before}`,
    ],
  ]
}

function distributionSection({ distributions, measures }: DriftReport): Html | undefined {
  if (distributions.length === 0) return undefined
  const cells = distributions.map((each, at) => {
    const measure = measures.find(({ name, kind }) => name === each.name && kind === each.kind)
    const what =
      measure === undefined
        ? ''
        : `median ${digits(measure.reference)} → ${digits(measure.current)}, Cliff's delta ${measure.effect.value.toFixed(2)}${measure.drifted ? ', drifted' : ''}`
    return html`<div><p><b>${each.name}</b> <span class="note">${what}</span></p>${figureOf(`${each.name}: ${what}`, `d${at}`, drawDistribution(each))}</div>`
  })
  return html`<section><h2>Features, the largest effect first</h2>
<p class="note">Shares of rows: <span class="raw key">reference</span> and <span class="fitted key">this window</span>.</p>
<div class="pair">${cells}</div></section>
`
}

function classSection({ classes }: DriftReport): Html | undefined {
  if (classes.length === 0) return undefined
  return html`<section><h2>Predicted classes</h2>
<p class="note">Shares of predictions: <span class="raw key">reference</span> above, <span class="fitted key">this window</span> below.</p>
${figureOf('Shares of the predicted classes', 'classes', drawClassMix(classes))}</section>
`
}

function overTimeSection({ over_time }: DriftReport): Html | undefined {
  if (over_time.length === 0) return undefined
  const title = 'Drift over time'
  const { rows } = over_time[0]!
  return html`<section><h2>${title}</h2>
<p class="note">The window in ${whole(over_time.length)} parts of ${whole(rows)} predictions. Lines: effect against the reference, of what moved most. Below: the verdict on each part, <span class="fitted key">drift</span>, grey for watch, blue for ok, empty where it could not be judged.</p>
${figureOf(title, 'time', drawOverTime(over_time))}</section>
`
}

function volumeSection({ volume }: DriftReport): Html | undefined {
  if (volume.length < 2) return undefined
  return html`<section><h2>Predictions over time</h2>
<p class="note">Bars: predictions. Line: their mean confidence, 0 to 100 %.</p>
${figureOf('Predictions over time', 'volume', drawVolume(volume))}</section>
`
}
