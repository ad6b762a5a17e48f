/** Bounds, both included; `max` null: none. */
export interface Limits {
  readonly min: number
  readonly max: number | null
}

export const keeps = (count: number, { min, max }: Limits) =>
  count >= min && (max === null || count <= max)

/** `100 to 200 words`, `at most 1 image` */
export function limitsText({ min, max }: Limits, noun: string): string {
  if (max === null) return `at least ${counted(min, noun)}`
  if (min === max) return counted(min, noun)
  return min === 0 ? `at most ${counted(max, noun)}` : `${min} to ${counted(max, noun)}`
}

/** `1 word`, `2 words` */
export const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`
