import { density, equalEdges, histogram } from '../statistics/histogram.ts'
import type { Category, Sample } from '../statistics/sample.ts'
import type { SmallDistribution } from './report.ts'

const BINS = 10

/** The bars that a report draws in its table. */
export function smallDistribution(sample: Sample): SmallDistribution {
  if (sample.type === 'num') {
    const { sorted } = sample
    const edges = equalEdges(sorted[0]!, sorted.at(-1)!, BINS)
    return { x: [...edges], y: [...density(histogram(sorted, edges), edges)] }
  }
  const order = sample.categories.map((category, place) => ({ text: pythonText(category), place }))
  order.sort((a, b) => (a.text < b.text ? -1 : 1))
  return {
    x: order.map(({ place }) => sample.categories[place]!),
    y: order.map(({ place }) => sample.counts[place]!),
  }
}

/** Categories stand in the order of their texts in Python. */
function pythonText(category: Category): string {
  if (typeof category === 'boolean') return category ? 'True' : 'False'
  return String(category)
}
