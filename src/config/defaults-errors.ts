import { AtelierError, nearestName } from '../core/index.ts'
import type { ConfigSource } from './config-source.ts'
import { describeOrigin, type Origin } from './node.ts'

export function includesItself(name: string, origin: Origin): AtelierError {
  return new AtelierError('CONFIG_SYNTAX', `${describeOrigin(origin)}: '${name}' includes itself.`)
}

export function selfTwice(file: string): AtelierError {
  return new AtelierError('CONFIG_SYNTAX', `${file}: \`_self_\` is twice in the defaults list.`)
}

export function misplacedOverride(key: string, origin: Origin): AtelierError {
  return new AtelierError(
    'CONFIG_SYNTAX',
    `${describeOrigin(origin)}: the entry \`override ${key}\` stands where it comes too late.`,
    {
      hint: 'Overrides are the last entries of a defaults list, and not below a choice that names another.',
    },
  )
}

/** `first` stands above `second`; the later one may be `+group=option` of the command line. */
export function multipleValues(key: string, first: Origin, second: Origin): AtelierError {
  const hint =
    second.kind === 'override'
      ? `Choose it without a +: ${second.text.replace(/^\+/, '')}.`
      : `To choose another one, write \`override ${key}: …\` in the later list.`
  return new AtelierError(
    'CONFIG_SYNTAX',
    `${describeOrigin(second)}: '${key}' is chosen already (${describeOrigin(first)}).`,
    { hint },
  )
}

export async function mustChoose(
  source: ConfigSource,
  key: string,
  group: string,
  origin: Origin,
): Promise<AtelierError> {
  const options = await source.options(group)
  return new AtelierError(
    'CONFIG_MISSING_VALUE',
    `${describeOrigin(origin)}: '${key}' must be chosen.`,
    { hint: `Set ${key}= one of: ${options.join(', ')}.`, data: { group, options } },
  )
}

export async function unknownOption(
  source: ConfigSource,
  name: string,
  group: string,
  origin: Origin,
): Promise<AtelierError> {
  const options = await source.options(group)
  const option = name.slice(group === '' ? 0 : group.length + 1)
  const nearest = nearestName(option, options)
  const where = group === '' ? `file '${option}.yaml'` : `option '${option}' in group '${group}'`
  return new AtelierError(
    'CONFIG_UNKNOWN_OPTION',
    `${describeOrigin(origin)}: there is no ${where}.`,
    {
      hint: `${nearest ? `Did you mean '${nearest}'? ` : ''}There are: ${options.join(', ')}.`,
      data: { group, option, options },
    },
  )
}

export async function noPrimary(source: ConfigSource, primary: string): Promise<AtelierError> {
  const options = await source.options('')
  const nearest = nearestName(primary, options)
  const known =
    options.length === 0 ? 'There is no YAML file.' : `There are: ${options.join(', ')}.`
  return new AtelierError(
    'CONFIG_UNKNOWN_OPTION',
    `Cannot find ${primary}.yaml in ${source.folders.join(' or ')}.`,
    { hint: `${nearest ? `Did you mean '${nearest}'? ` : ''}${known}` },
  )
}

/** A choice or deletion of a group that no defaults list has. */
export function unusedChoice(
  key: string,
  origin: Origin,
  known: Iterable<string>,
  option: string | undefined,
): AtelierError {
  const group = key.split('@')[0]!
  const names = [...known]
  const elsewhere = names.filter((name) => name.split('@')[0] === group && name !== key)
  const nearest = elsewhere[0] ?? nearestName(key, names)
  const add = option === undefined ? '' : ` To add it, write +${key}=${option}.`
  return new AtelierError(
    'CONFIG_UNKNOWN_OPTION',
    `${describeOrigin(origin)}: group '${key}' is not in the defaults list.`,
    {
      hint: `${nearest ? `Did you mean '${nearest}'?` : `There are: ${names.join(', ')}.`}${add}`,
      data: { group: key, nearest },
    },
  )
}

export function chosenTwice(key: string): AtelierError {
  return new AtelierError(
    'CONFIG_SYNTAX',
    `The group '${key}' is more than once in the final defaults list.`,
    { hint: `It is in the defaults already: choose with ${key}=…, without a +.` },
  )
}
