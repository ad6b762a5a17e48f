import { AtelierError } from '../core/index.ts'

/**
 * CONFIG_SYNTAX for an override, with a mark under the place; `offset` undefined means its end. A line
 * that is too long for a terminal is cut to the surroundings of the place.
 */
export function syntaxErrorAt(
  override: string,
  offset: number | undefined,
  what: string,
  hint: string,
): AtelierError {
  const position = offset ?? override.length
  const start = Math.max(0, position - 60)
  const shown = override.slice(start, start + 76).replace(/[\n\t]/g, ' ')
  const mark = `${shown}\n${' '.repeat(position - start)}^`
  return new AtelierError(
    'CONFIG_SYNTAX',
    `Override '${override}': ${what} (character ${position + 1}).`,
    { hint: `${mark}\n${hint}`, data: { override, position: position + 1 } },
  )
}
