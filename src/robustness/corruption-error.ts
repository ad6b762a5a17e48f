import { type CorruptionName, corruptionNames, type ErrorTable } from '../contracts/index.ts'

/** Errors of a model by those of a reference; 1: as often wrong. Null where the reference gives no measure. */
export interface CorruptionErrors {
  readonly ce: Readonly<Record<CorruptionName, number | null>>
  readonly relative: Readonly<Record<CorruptionName, number | null>>
  readonly mce: number | null
  readonly relativeMce: number | null
}

/**
 * Hendrycks and Dietterich (2019): the corruption error is the sum of errors over the severities over
 * that of the reference; the relative one, what the corruption adds to the clean error over what it
 * adds to the reference's. The means are over corruptions.
 */
export function corruptionErrors(model: ErrorTable, reference: ErrorTable): CorruptionErrors {
  const ratios = (clean: boolean) =>
    Object.fromEntries(
      corruptionNames.map((name) => [
        name,
        ratio(added(model, name, clean), added(reference, name, clean)),
      ]),
    ) as Record<CorruptionName, number | null>
  const [ce, relative] = [ratios(false), ratios(true)]
  return {
    ce,
    relative,
    mce: meanOf(Object.values(ce)),
    relativeMce: meanOf(Object.values(relative)),
  }
}

/** Sum of errors over severities, each less the clean error if `clean`. */
function added({ clean, corrupted }: ErrorTable, name: CorruptionName, less: boolean): number {
  return corrupted[name].reduce((sum, error) => sum + error - (less ? clean : 0), 0)
}

const ratio = (part: number, whole: number) => (whole > 0 ? part / whole : null)

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
}
