import type { InputFeatureSummary, SplitName } from '../contracts/index.ts'
import type { Dataset } from './dataset.ts'

export interface SplitStatistics {
  readonly split: SplitName
  readonly size: number
  readonly classes: readonly {
    readonly name: string
    readonly count: number
    readonly share: number
  }[]
  /** Per channel, pixels scaled to [0, 1]. */
  readonly mean: readonly number[]
  readonly std: readonly number[]
  readonly features: InputFeatureSummary
}

export interface DatasetStatistics {
  readonly name: string
  readonly digest: string
  readonly geometry: { readonly height: number; readonly width: number; readonly channels: number }
  readonly images: number
  readonly splits: readonly SplitStatistics[]
}

/** What `data prepare` measured, from the manifest alone: the test split is not opened. */
export function datasetStatistics({ manifest }: Dataset): DatasetStatistics {
  const names: readonly SplitName[] = ['train', 'val', 'test']
  const splits = names.map((split): SplitStatistics => {
    const { size, class_counts, pixels, features } = manifest.splits[split]
    const classes = manifest.classes.map((name, label) => {
      const count = class_counts[label] ?? 0
      return { name, count, share: size === 0 ? 0 : count / size }
    })
    return { split, size, classes, mean: pixels.mean, std: pixels.std, features }
  })
  return {
    name: manifest.name,
    digest: manifest.digest,
    geometry: manifest.geometry,
    images: splits.reduce((sum, { size }) => sum + size, 0),
    splits,
  }
}
