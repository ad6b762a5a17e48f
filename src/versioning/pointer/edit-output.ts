import { type Document, isScalar, type Pair, parseDocument, type YAMLMap } from 'yaml'
import { writeScalar } from '../yaml12/write-yaml.ts'

/** Values of one output by key; undefined removes the key. */
export type OutputValues = ReadonlyMap<string, string | number | boolean | undefined>

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/**
 * The text of a `.dvc` file with other values in one of its outputs: only these letters change. New keys come
 * last in the output, as DVC puts them.
 */
export function editOutput(text: string, at: number, values: OutputValues): string {
  const document = parseDocument(text)
  const out = document.getIn(['outs', at]) as YAMLMap
  const pairs = new Map((out.items as Pair[]).map((pair) => [keyOf(pair), pair]))
  const goesFirst =
    values.has(keyOf(out.items[0]!)) && values.get(keyOf(out.items[0]!)) === undefined
  // lines can be cut out only where each key has its own
  if (out.flow || goesFirst) return rewritten(document, out, values)
  const edits: Edit[] = []
  const added: string[] = []
  const last = out.items.at(-1)!
  const column = startOf(last) - lineStart(text, startOf(last))
  for (const [key, value] of values) {
    const pair = pairs.get(key)
    if (pair === undefined) {
      const start = `${' '.repeat(column)}${key}: `
      if (value !== undefined)
        added.push(`${start}${writeScalar(value, { column: start.length, indent: column + 2 })}\n`)
    } else if (value === undefined) {
      edits.push({
        start: lineStart(text, startOf(pair)),
        end: lineEnd(text, endOf(pair)),
        text: '',
      })
    } else {
      const [start, end] = [valueStart(pair), endOf(pair)]
      edits.push({
        start,
        end,
        text: writeScalar(value, { column: start - lineStart(text, start), indent: column + 2 }),
      })
    }
  }
  const end = lineEnd(text, endOf(last))
  const gap = text[end - 1] === '\n' ? '' : '\n'
  if (added.length > 0) edits.push({ start: end, end, text: `${gap}${added.join('')}` })
  return applyEdits(text, edits)
}

function applyEdits(text: string, edits: readonly Edit[]): string {
  const ordered = [...edits].sort((a, b) => b.start - a.start)
  return ordered.reduce(
    (done, { start, end, text: put }) => done.slice(0, start) + put + done.slice(end),
    text,
  )
}

function rewritten(document: Document, out: YAMLMap, values: OutputValues): string {
  for (const [key, value] of values) {
    if (value === undefined) out.delete(key)
    else out.set(key, value)
  }
  return document.toString({ indentSeq: false, lineWidth: 0, flowCollectionPadding: false })
}

function keyOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : String(key)
}

type Ranged = { readonly range?: readonly [number, number, number] | null } | null

const startOf = ({ key }: Pair) => (key as Ranged)!.range![0]
const valueStart = ({ value }: Pair) => (value as Ranged)!.range![0]
const endOf = ({ key, value }: Pair) => ((value as Ranged)?.range ?? (key as Ranged)!.range!)[1]

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1
}

/** After the line break of the line that holds the letter before `at`. */
function lineEnd(text: string, at: number): number {
  const next = text.indexOf('\n', Math.max(0, at - 1))
  return next < 0 ? text.length : next + 1
}
