/**
 * Three deciders of whether a window drifted. Each gives a number that is the larger the more it
 * drifted, and knows from where on it says so; at equal false alarms that limit is learnt from clean
 * windows instead.
 */
import { createDriftJudge, driftTests, evidentlyReport } from '../dist/monitoring/index.js'
import { numericSample } from '../dist/monitoring/statistics/sample.js'

const ALPHA = 0.05

export function createRivals(reference) {
  return { ours: ours(reference), evidently: evidently(reference), bbsds: bbsds(reference) }
}

function ours(reference) {
  const judge = createDriftJudge(reference)
  return {
    title: 'Atelier',
    decide: (window) => {
      const { verdict, p, items } = judge.judge(window)
      // below the least p that a simulation has, by the measure that stands out most
      const strongest = Math.min(...items.map((item) => item.p))
      return {
        score: -Math.log(p) + 1e-6 * -Math.log(Math.max(1e-300, strongest)),
        alarm: verdict === 'drift',
      }
    },
  }
}

/** `DataDriftPreset()` on features, confidence and class: half of the columns above their threshold. */
function evidently(reference) {
  const table = (rows) => ({
    ...rows.features,
    confidence: rows.confidences,
    predicted_class: Array.from(rows.predicted, (k) => rows.classes[k]),
  })
  const before = table(reference)
  return {
    title: "Evidently's default",
    decide: (window) => {
      const [{ result }, { result: columns }] = evidentlyReport(before, table(window)).report
        .metrics
      const scores = Object.values(columns.drift_by_columns).map((drift) => drift.drift_score)
      scores.sort((a, b) => b - a)
      // the dataset drifts with the column that is the half-way one
      return { score: scores[Math.ceil(scores.length / 2) - 1], alarm: result.dataset_drift }
    },
  }
}

/** Kolmogorov-Smirnov on each softmax output, Bonferroni: black-box shift detection. */
function bbsds(reference) {
  const { length } = reference.classes
  const columns = ({ probabilities, count }) =>
    reference.classes.map((_, k) =>
      numericSample(
        Float64Array.from({ length: count }, (_row, row) => probabilities[row * length + k]),
      ),
    )
  const before = columns(reference)
  return {
    title: 'BBSDs',
    decide: (window) => {
      // all outputs have the same rows: the largest distance has the least p-value
      const pairs = columns(window).map((after, k) => ({ after, before: before[k] }))
      const largest = pairs.reduce((a, b) => (gapOf(b) > gapOf(a) ? b : a))
      const p = driftTests.ks.compute(largest.before, largest.after)
      return { score: -Math.log(Math.max(1e-300, p)), alarm: p < ALPHA / length }
    },
  }
}

/** The largest distance between two empirical distributions. */
function gapOf({ before: { sorted: a }, after: { sorted: b } }) {
  let [i, j, largest] = [0, 0, 0]
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i], b[j])
    while (a[i] === value) i++
    while (b[j] === value) j++
    largest = Math.max(largest, Math.abs(i / a.length - j / b.length))
  }
  return largest
}
