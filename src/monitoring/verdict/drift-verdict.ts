import type { DriftLevel } from '../../contracts/index.ts'
import type { Measure } from './measures.ts'

export interface DriftItem extends Measure {
  /** Of this measure alone, whatever the others say. */
  readonly p: number
  /**
   * Chance that any measure moves as far as this one when nothing has changed, for windows of this
   * size; an upper bound, two standard errors of the simulation above its estimate.
   */
  readonly adjusted: number
  /** Whether this alone makes the verdict `drift`: adjusted ≤ α and the gap large enough to matter. */
  readonly drifted: boolean
  /** Largest share of rows, 0 to 1, that must have moved across one value, or to other classes. */
  readonly gap: number
  /** `cliffs_delta`, −1 to 1, of numbers; `total_variation`, 0 to 1, of the class mix. */
  readonly effect: { readonly name: 'cliffs_delta' | 'total_variation'; readonly value: number }
  /** Medians of both sides; of the class mix, the shares of the class that changed most. */
  readonly reference: number
  readonly current: number
  /** The class that changed most, of the class mix. */
  readonly changed: string | null
  /**
   * Rows that the window lacks for a change of the observed size to be found in four of five windows;
   * null when it is found already, when there is no change beyond chance, or no window would show it.
   */
  readonly moreRows: number | null
}

export interface DriftVerdict {
  readonly verdict: DriftLevel
  /** One sentence: what moved, and by how much. */
  readonly reason: string
  /** Rows of the window, and those of them that were judged. */
  readonly rows: number
  readonly judged: number
  /** Of `unjudged`: rows the window lacks; null where rows are not what is missing, and of other verdicts. */
  readonly needed: number | null
  readonly referenceRows: number
  readonly alpha: number
  /** Chance of a window as unusual as this when nothing has changed: the least `adjusted`; 1 if nothing was judged. */
  readonly p: number
  /** The most unusual first. */
  readonly items: readonly DriftItem[]
  readonly warnings: readonly string[]
}
