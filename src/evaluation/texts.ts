/** 10000 → `10,000`. */
export const count = (value: number): string => value.toLocaleString('en-US')

/** 0.9134 → `91.34%` */
export const percent = (share: number, digits = 2): string => `${(100 * share).toFixed(digits)}%`

/** `90.77 – 91.87%`; the spaces do not break. */
export const interval = (low: number, high: number, digits = 2): string =>
  `${(100 * low).toFixed(digits)}\u00a0–\u00a0${percent(high, digits)}`

/** `1 epoch`, `5 epochs` */
export const plural = (value: number, noun: string): string =>
  `${count(value)} ${noun}${value === 1 ? '' : 's'}`

/** `1st`, `22nd`, `113th` */
export function ordinal(value: number): string {
  const teens = value % 100 >= 11 && value % 100 <= 13
  const ending = teens ? 'th' : (['th', 'st', 'nd', 'rd'][value % 10] ?? 'th')
  return `${count(value)}${ending}`
}

/** A class name fit for a figure: no control characters or half surrogates, which XML forbids. */
export function label(name: string, longest: number): string {
  const characters = [...name.replace(/[\p{Cc}\p{Cs}]+/gu, ' ').trim()]
  if (characters.length <= longest) return characters.join('')
  return `${characters.slice(0, longest - 1).join('')}…`
}
