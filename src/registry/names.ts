import { AtelierError } from '../core/index.ts'

const LONGEST_NAME = 64
const LONGEST_TAG = 100
const LONGEST_TEXT = 4000
/** A letter first, so that `3` is a version; nothing that a shell, a URL or a path reads as more than letters. */
const NAME = /^[A-Za-z](?:[\w-]|\.(?=[\w-])){0,63}$/
/** `latest` would look like an alias that moves by itself, `v3` like a version. */
const NO_ALIAS = /^(?:latest|v\d+)$/i
const TAG = /^[\w.:/=+@-]+(?: [\w.:/=+@-]+)*$/

/** Throws REGISTRY_NAME_INVALID for what cannot be the name of a model. */
export function checkModelName(name: string): string {
  if (NAME.test(name)) return name
  throw invalid('name of a model', name, NAME_RULE)
}

/** As `checkModelName`, for aliases: `production`, `staging`. */
export function checkAlias(alias: string): string {
  if (!NAME.test(alias)) throw invalid('name of an alias', alias, NAME_RULE)
  if (!NO_ALIAS.test(alias)) return alias
  throw invalid(
    'name of an alias',
    alias,
    'The newest version is models:/NAME, version 3 is models:/NAME/3: no alias is called so.',
  )
}

export function checkTag(tag: string): string {
  if (tag.length <= LONGEST_TAG && TAG.test(tag)) return tag
  throw invalid(
    'name of a tag',
    tag,
    `A tag has at most ${LONGEST_TAG} letters, digits, blanks and . : / = + @ _ -`,
  )
}

export function checkVersion(version: number): number {
  if (Number.isSafeInteger(version) && version > 0) return version
  throw invalid('number of a version', String(version), 'Versions are 1, 2, 3 …')
}

/** A text of people: lines are allowed, other control characters and halves of a character are not. */
export function checkText(what: string, text: string): string {
  const trimmed = text.trim()
  const isPlain = !/[^\P{Cc}\n\t]|\p{Surrogate}/u.test(trimmed)
  if (isPlain && trimmed.length <= LONGEST_TEXT) return trimmed
  throw invalid(what, text, `At most ${LONGEST_TEXT} characters, no control characters.`)
}

/** Who acts: one line. */
export function checkActor(actor: string): string {
  const text = checkText('actor', actor)
  if (text !== '' && text.length <= 200 && !/[\n\t]/.test(text)) return text
  throw invalid('actor', actor, 'One line of 1 to 200 characters.')
}

const NAME_RULE = `A letter, then letters, digits, - _ and single dots between them; at most ${LONGEST_NAME}.`

function invalid(what: string, got: string, rule: string): AtelierError {
  return new AtelierError(
    'REGISTRY_NAME_INVALID',
    `${JSON.stringify(got.slice(0, 80))} cannot be the ${what}.`,
    { hint: rule, data: { what } },
  )
}
