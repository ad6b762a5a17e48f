import { AtelierError } from '../../core/index.ts'
import { type NumericSample, pooledSteps } from './sample.ts'

/** ln p as a parabola of the normalized statistic, fitted to the table of Scholz and Stephens (1987). */
const FIT = [0.01819809457411147, -1.0082265644652515, -1.077770279820484] as const
/** The table's ends. Beyond them p is that of the end. */
const TABLE = { low: { statistic: 0.325, p: 0.25 }, high: { statistic: 6.546, p: 0.001 } }

/** Significance of the two-sample Anderson-Darling test with midranks, from 0.001 to 0.25. */
export function andersonDarling(reference: NumericSample, current: NumericSample): number {
  const [n1, n2] = [reference.sorted.length, current.sorted.length]
  const statistic = (distance(reference, current) - 1) / Math.sqrt(nullVariance(n1, n2))
  if (statistic < TABLE.low.statistic) return TABLE.low.p
  if (statistic > TABLE.high.statistic) return TABLE.high.p
  return Math.exp(FIT[0] * statistic ** 2 + FIT[1] * statistic + FIT[2])
}

function distance(reference: NumericSample, current: NumericSample): number {
  const { reference: r, current: c } = pooledSteps(reference, current)
  if (r.length < 2) throw refused('one value in every row, wanted several')
  const [n1, n2] = [reference.sorted.length, current.sorted.length]
  const rows = n1 + n2
  if (rows < 3) throw refused('two rows in all, wanted more')
  let [sum, before1, before2] = [0, 0, 0]
  for (let j = 0; j < r.length; j++) {
    const ties = r[j]! + c[j]! - before1 - before2
    const rank = before1 + before2 + ties / 2
    const weight = ties / rows / (rank * (rows - rank) - (rows * ties) / 4)
    const gap1 = rows * ((before1 + r[j]!) / 2) - rank * n1
    const gap2 = rows * ((before2 + c[j]!) / 2) - rank * n2
    sum += weight * ((gap1 * gap1) / n1 + (gap2 * gap2) / n2)
    ;[before1, before2] = [r[j]!, c[j]!]
  }
  return (sum * (rows - 1)) / rows
}

/** Variance of the statistic of two samples that are alike, by Scholz and Stephens. */
function nullVariance(n1: number, n2: number): number {
  const n = n1 + n2
  const bigH = 1 / n1 + 1 / n2
  const { h, g } = harmonicSums(n)
  const a = 4 * g - 6 + (10 - 6 * g) * bigH
  const b = 4 * (2 * g - 4) + 16 * h + (2 * g - 14 * h - 4) * bigH - 8 * h + 4 * g - 6
  const c = 4 * (6 * h + 2 * g - 2) + 2 * (4 * h - 4 * g + 6) + (2 * h - 6) * bigH + 4 * h
  const d = 4 * (2 * h + 6) - 8 * h
  return (a * n ** 3 + b * n ** 2 + c * n + d) / ((n - 1) * (n - 2) * (n - 3))
}

/** h = Σ 1/i for i < n, and g = Σ 1/((n − i)·j) for 1 ≤ i < j < n. */
function harmonicSums(n: number) {
  let [h, g] = [0, 0]
  // Σ over j from i + 1 on is what the harmonic sum still lacks after i
  for (let i = n - 1; i >= 1; i--) {
    g += h / (n - i)
    h += 1 / i
  }
  return { h, g }
}

function refused(got: string): AtelierError {
  return new AtelierError('DRIFT_INPUT', `anderson got ${got}.`, {
    hint: 'Leave this column out, or choose another test for it.',
  })
}
