import type { DataConfig } from '../contracts/index.ts'
import { digestOf } from '../core/index.ts'
import { folderSource } from './folder-source.ts'
import { idxSource } from './idx-source.ts'
import { sketchSource } from './sketch-source.ts'
import type { Source } from './source.ts'

type Sources = {
  readonly [S in DataConfig['source']]: Source<Extract<DataConfig, { source: S }>>
}

const sources: Sources = {
  idx: idxSource,
  sketch: sketchSource,
  folder: folderSource,
}

export function sourceOf(config: DataConfig): Source<DataConfig> {
  // The table pairs each source with its own configuration, which TypeScript cannot follow.
  return sources[config.source] as unknown as Source<DataConfig>
}

/** Raise when the same settings would give other pixels or another split. */
const PREPARATION_VERSION = 1

/** SHA-256 of the settings that decide the prepared data: other settings make it stale. */
export function sourceDigest(config: DataConfig): string {
  const { source, name, geometry, validation, split_seed } = config
  return digestOf({
    preparation: PREPARATION_VERSION,
    source,
    name,
    geometry,
    validation,
    split_seed,
    settings: sourceOf(config).settings(config),
  })
}
