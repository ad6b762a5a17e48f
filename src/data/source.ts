import type { DataConfig } from '../contracts/index.ts'
import type { Logger, Progress } from '../core/index.ts'
import type { Split } from './split.ts'

/** What data work needs from outside. Relative paths of the configuration start at `cwd`. */
export interface DataDeps {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly progress: Progress
  readonly logger: Logger
  readonly fetch?: typeof fetch
}

/** A source's images before the split. `val` and `test` are there only if the source divides itself. */
export interface RawData {
  readonly classes: readonly string[]
  readonly train: Split
  readonly val?: Split
  readonly test?: Split
}

/** One kind of source; `C` is its part of the configuration. */
export interface Source<C extends DataConfig> {
  read(config: C, deps: DataDeps): Promise<RawData>
  /** The settings that decide what comes out: where files lie is left out when checksums pin them. */
  settings(config: C): Readonly<Record<string, unknown>>
  /** A digest that changes when the input files do; null where `settings` pins them. */
  inputsDigest(config: C, deps: DataDeps): Promise<string | null>
}
