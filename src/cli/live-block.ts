/** Lines at the end of the terminal that are drawn over and over. */
export interface LiveBlock {
  /** False without a terminal: then `show` does nothing. */
  readonly live: boolean
  /** Letters in a line, lines on the screen. */
  size(): { readonly columns: number; readonly rows: number }
  /** Puts these lines in the place of those shown before; none takes them away. */
  show(lines: readonly string[]): void
}
