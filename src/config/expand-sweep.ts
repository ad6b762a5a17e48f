import { AtelierError } from '../core/index.ts'
import type { ConfigSource } from './config-source.ts'
import { matchesGlob } from './glob-pattern.ts'
import { type Override, parseOverride } from './override.ts'
import { elementText } from './override-text.ts'
import { isElement, isSweep, type OverrideElement } from './override-value.ts'
import { sweepItems } from './sweep-items.ts'

type Shuffle = <T>(items: readonly T[]) => T[]

const SIGNS = { change: '', add: '+', force: '++', delete: '~' } as const

/**
 * The overrides of every job: one value each, in all combinations, the last key varying fastest.
 * A key given twice counts where it stood first, with what it got last. Throws CONFIG_SYNTAX.
 */
export async function expandSweep(
  overrides: readonly string[],
  source: ConfigSource,
  shuffle?: Shuffle,
): Promise<readonly (readonly string[])[]> {
  const choices = new Map<string, readonly string[]>()
  for (const override of overrides.map(parseOverride)) {
    const key = `${SIGNS[override.kind]}${override.key}${override.package === undefined ? '' : `@${override.package}`}`
    choices.set(
      key,
      (await valueTexts(override, source, shuffle)).map((value) => `${key}=${value}`),
    )
  }
  return [...choices.values()].reduce<readonly (readonly string[])[]>(
    (jobs, texts) => jobs.flatMap((job) => texts.map((text) => [...job, text])),
    [[]],
  )
}

async function valueTexts(
  override: Override,
  source: ConfigSource,
  shuffle: Shuffle | undefined,
): Promise<readonly string[]> {
  const { value, text } = override
  if (value === undefined) return ['null']
  if (isElement(value)) return [elementText(value)]
  if (!isSweep(value)) return [text.slice(text.indexOf('=') + 1).trim()]
  if (value.kind !== 'glob') return sweepItems(value, text, shuffle).map(elementTextOf)
  const options = await source.options(override.key)
  const matches = (patterns: readonly string[], option: string) =>
    patterns.some((pattern) => matchesGlob(option, pattern))
  const chosen = options.filter(
    (option) => matches(value.include, option) && !matches(value.exclude, option),
  )
  if (chosen.length > 0) return chosen
  throw new AtelierError('CONFIG_UNKNOWN_OPTION', `Override '${text}': no option fits.`, {
    hint: `The group '${override.key}' has: ${options.join(', ') || 'nothing; it is no group'}.`,
  })
}

const elementTextOf = (element: OverrideElement) => elementText(element)
