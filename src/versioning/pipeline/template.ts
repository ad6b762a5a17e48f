import { AtelierError, pythonFloat } from '../../core/index.ts'
import { describeValue, isFloat, isList, isMap, type Value } from '../yaml12/value.ts'
import { selectValue, type TemplateContext } from './template-context.ts'

/** Where a template stands, for messages: `dvc.yaml: 'stages.train.cmd'`. */
export interface TemplatePlace {
  readonly where: string
  /** The first key of a stage. A map may stand in `cmd` only: it becomes options. */
  readonly key?: string | undefined
  /** How options are written: `parsing` of DVC's configuration. */
  readonly style?: OptionStyle | undefined
}

export interface OptionStyle {
  /** `boolean_optional`: false is written `--no-name`. */
  readonly bool?: string | undefined
  /** `append`: the option stands before each item. */
  readonly list?: string | undefined
}

/** `${…}`, unless a backslash stands before it. */
const EXPRESSION = /(?<!\\)\$\{(.*?)\}/g
const NAME = /^[^.[\]]+(?:\.[^.[\]]+|\[[^.[\]]+\])*$/

export function hasExpression(text: string): boolean {
  return text.search(EXPRESSION) !== -1
}

/** Fills in every `${…}` of a tree, in keys too. Throws PIPELINE_INVALID. */
export function fillTemplate(value: Value, context: TemplateContext, place: TemplatePlace): Value {
  if (isList(value)) return value.map((item) => fillTemplate(item, context, place))
  if (isMap(value)) {
    const entries = [...value].map(([key, child]): [string, Value] => [
      templateText(fillText(key, context, place), place.style),
      fillTemplate(child, context, place),
    ])
    return new Map(entries)
  }
  return typeof value === 'string' ? fillText(value, context, place) : value
}

/** A text that is one expression becomes its value, of any type; else values are written into the text. */
function fillText(text: string, context: TemplateContext, place: TemplatePlace): Value {
  const matches = [...text.matchAll(EXPRESSION)]
  const [only] = matches
  if (only !== undefined && only[0] === text) {
    const value = lookUp(only[1]!, context, place)
    // a map in `cmd` is options also where it stands alone
    return isMap(value) && place.key === 'cmd' ? templateText(value, place.style) : value
  }
  const filled = text.replaceAll(EXPRESSION, (_, name: string) =>
    templateText(lookUp(name, context, place), place.style),
  )
  return filled.replaceAll('\\${', '${')
}

function lookUp(name: string, context: TemplateContext, place: TemplatePlace): Value {
  if (!NAME.test(name))
    throw invalid(
      place,
      `\${${name}} names no value`,
      `Names are parted by points: \${a.b}, \${list[0]}.`,
    )
  const value = selectValue(context, name)
  if (value === undefined) {
    const known = [...context.values.keys()]
    throw invalid(
      place,
      `there is no value '${name}'`,
      known.length === 0 ? 'Set it in params.yaml or `vars`.' : `Known are ${known.join(', ')}.`,
    )
  }
  const fits = place.key === 'foreach' || !(isList(value) || (isMap(value) && place.key !== 'cmd'))
  if (!fits) throw invalid(place, `'${name}' is ${describeValue(value)}, which is no text`)
  return value
}

function invalid({ where }: TemplatePlace, problem: string, hint?: string): AtelierError {
  return new AtelierError('PIPELINE_INVALID', `${where}: ${problem}.`, { ...(hint && { hint }) })
}

/** A value as it is written into a command: as Python's `str()`, but `true` and `false`; a map as options. */
export function templateText(value: Value, style: OptionStyle = {}): string {
  if (isMap(value)) return optionWords(value, style).join(' ')
  if (isFloat(value)) return pythonFloat(value.float)
  if (isList(value)) return `[${value.map((item) => templateText(item)).join(', ')}]`
  return value === null ? 'None' : String(value)
}

function optionWords(map: ReadonlyMap<string, Value>, style: OptionStyle, prefix = ''): string[] {
  return [...map].flatMap(([key, value]) => {
    const option = `--${prefix}${key}`
    if (isMap(value)) return optionWords(value, style, `${prefix}${key}.`)
    if (value === true) return [option]
    if (value === false) {
      return style.bool === 'boolean_optional' ? [`--no-${prefix}${key}`] : []
    }
    if (!isList(value)) return [option, wordOf(value)]
    const words = value.map(wordOf)
    return style.list === 'append' ? words.flatMap((word) => [option, word]) : [option, ...words]
  })
}

function wordOf(value: Value): string {
  return typeof value === 'string' ? shellWord(value) : templateText(value)
}

/** Quoted where a shell would read something else. */
function shellWord(text: string): string {
  if (text !== '' && !/[^\w@%+=:,./-]/.test(text)) return text
  return `'${text.replaceAll("'", `'"'"'`)}'`
}
