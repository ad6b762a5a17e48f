/** Changes to the text of a `dvc.yaml`: of what stands there, only the lines of what is changed. */
import { isScalar, isMap as isYamlMap, type Pair, parseDocument, type YAMLMap } from 'yaml'
import { AtelierError } from '../../core/index.ts'
import { equalValues, isMap, type Value, type ValueMap } from '../yaml12/value.ts'
import { writeYaml12 } from '../yaml12/write-yaml.ts'

interface Place {
  readonly key: string
  /** Of the first letter of its line, and of the line where the next thing begins. */
  readonly start: number
  readonly end: number
  /** Where the lines of its value end; comments may follow. */
  readonly valueEnd: number
  /** Of the key in its line. */
  readonly column: number
  readonly value: unknown
}

/**
 * The text with a stage more, or with another one under this name: keys whose value is the same stay as they
 * are. Comments and empty lines before what follows belong to what stands before them, as for DVC. Throws
 * PIPELINE_INVALID where `stages` or the stage is written in braces.
 */
export function withStage(text: string, name: string, stage: ValueMap, before?: ValueMap): string {
  const whole = text === '' || text.endsWith('\n') ? text : `${text}\n`
  const stages = placesOf(whole).find(({ key }) => key === 'stages')
  if (stages === undefined)
    return `${whole}${writeYaml12(new Map([['stages', wrap(name, stage)]]))}`
  const entries = entriesOf(whole, stages)
  const known = entries.find(({ key }) => key === name)
  const column = entries[0]?.column ?? 2
  if (known === undefined) {
    const lines = bodyOf(wrap('stages', wrap(name, stage)), 2, column)
    return splice(whole, stages.end, stages.end, lines)
  }
  return before === undefined ? whole : withKeys(whole, known, stage, before)
}

/** The new keys of a stage in place of its old ones; those that are new come last. */
function withKeys(text: string, stage: Place, wanted: ValueMap, before: ValueMap): string {
  const entries = entriesOf(text, stage)
  const column = entries[0]!.column
  const linesOf = (key: string) =>
    bodyOf(wrap('a', wrap('b', wrap(key, wanted.get(key)!))), 4, column)
  const added = [...wanted.keys()].filter((key) => !before.has(key))
  let next = splice(text, stage.end, stage.end, added.map(linesOf).join(''))
  for (const { key, start, end, valueEnd } of entries.toReversed()) {
    if (!wanted.has(key)) next = splice(next, start, end, '')
    else if (!equalValues(wanted.get(key), before.get(key))) {
      next = splice(next, start, valueEnd, linesOf(key))
    }
  }
  return next
}

const wrap = (key: string, value: Value): ValueMap => new Map([[key, value]])

/** The lines of the innermost map, which stands `depth` columns in, moved to another column. */
function bodyOf(value: ValueMap, depth: number, column: number): string {
  const lines = writeYaml12(value)
    .split('\n')
    .slice(depth / 2, -1)
  return lines.map((line) => `${' '.repeat(column)}${line.slice(depth)}\n`).join('')
}

const splice = (text: string, start: number, end: number, put: string) =>
  text.slice(0, start) + put + text.slice(end)

/** The keys of the whole document. */
function placesOf(text: string): readonly Place[] {
  const { contents } = parseDocument(text)
  return isYamlMap(contents) ? placesIn(text, contents, text.length) : []
}

/** The keys within the value of one. */
function entriesOf(text: string, { key, value, end }: Place): readonly Place[] {
  if (value === null || (isScalar(value) && value.value === null)) return []
  if (isYamlMap(value) && !value.flow) return placesIn(text, value, end)
  throw new AtelierError('PIPELINE_INVALID', `'${key}' of dvc.yaml is written in braces.`, {
    hint: 'Write each key on a line of its own, then it can be added to.',
  })
}

function placesIn(text: string, map: YAMLMap, end: number): readonly Place[] {
  const pairs = map.items as Pair[]
  const starts = pairs.map(({ key }) => {
    const at = rangeOf(key)?.[0] ?? 0
    return { at, line: text.lastIndexOf('\n', at - 1) + 1 }
  })
  return pairs.map(({ key, value }, i) => {
    const { at, line } = starts[i]!
    const [, last] = rangeOf(value) ?? rangeOf(key)!
    const lineEnd = text.indexOf('\n', Math.max(0, last - 1))
    const next = starts[i + 1]?.line ?? end
    return {
      key: isScalar(key) ? String(key.value) : String(key),
      ...{ start: line, end: next, column: at - line, value },
      valueEnd: Math.min(next, lineEnd < 0 ? text.length : lineEnd + 1),
    }
  })
}

function rangeOf(node: unknown): readonly [number, number, number] | undefined {
  return (
    (node as { readonly range?: readonly [number, number, number] | null } | null)?.range ??
    undefined
  )
}

/** A stage with its key `frozen`, or without. */
export function frozenStage(stage: ValueMap, frozen: boolean): ValueMap {
  const entries = [...stage].filter(([key]) => key !== 'frozen')
  return new Map(frozen ? [...entries, ['frozen', true]] : entries)
}

/** The definition of one stage as it stands in the file; undefined where there is none. */
export function stageIn(content: Value, name: string): ValueMap | undefined {
  const stages = isMap(content) ? content.get('stages') : undefined
  const stage = isMap(stages) ? stages.get(name) : undefined
  return isMap(stage) ? stage : undefined
}
