import type { DriftReport } from '../../contracts/index.ts'

export const whole = (value: number): string => value.toLocaleString('en-US')

export function digits(value: number | null): string {
  return value === null ? '–' : value.toLocaleString('en-US', { maximumSignificantDigits: 3 })
}

export const percent = (share: number): string =>
  `${(100 * share).toLocaleString('en-US', { maximumFractionDigits: share < 0.01 ? 3 : 1 })} %`

export function modelText({ name, version }: NonNullable<DriftReport['model']>): string {
  return version === null ? name : `${name} version ${version}`
}
