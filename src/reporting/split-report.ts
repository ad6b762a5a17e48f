/** A question of a report, and what was answered. Lines count from 1. */
export interface ReportQuestion {
  readonly number: number
  /** As it stands, without the marks: `Question 7`, `Question 7: tests`. */
  readonly heading: string
  /** Of the heading. */
  readonly line: number
  /** The heading of the section that the question stands in; empty before the first. */
  readonly section: string
  /** What is asked, in one line: the quote without its example. */
  readonly prompt: string
  /** Whether the quote ends with `Answer:`, which is what the course's script looks for. */
  readonly hasMark: boolean
  readonly answer: string
  /** Where the answer begins. */
  readonly answerLine: number
}

export interface SplitReport {
  /** All before the first question. */
  readonly preamble: string
  readonly questions: readonly ReportQuestion[]
  /** Lines of code fences that are never closed. */
  readonly unclosed: readonly number[]
}

const QUESTION = /^ {0,3}(#{1,6})\s+[*_]*(question\s+#?(\d+)\b.*?)[*_\s#]*$/i
const HEADING = /^ {0,3}(#{2,6})\s+(\S.*?)\s*#*$/
const QUOTE = /^ {0,3}>/
const MARK = /^ {0,3}>?\s*[*_]*Answer:[*_]*(.*)$/i

/** Cuts the text of a report at its headings `Question N`; what stands in code is no heading. */
export function splitReport(text: string): SplitReport {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const { isCode, unclosed } = codeLines(lines)
  const starts = lines.flatMap((line, at) => (!isCode[at] && QUESTION.test(line) ? [at] : []))
  return {
    preamble: lines.slice(0, starts[0] ?? lines.length).join('\n'),
    questions: starts.map((start) => questionAt(lines, isCode, start)),
    unclosed: unclosed.map((at) => at + 1),
  }
}

function questionAt(
  lines: readonly string[],
  isCode: readonly boolean[],
  start: number,
): ReportQuestion {
  const [, marks = '', heading = '', number] = QUESTION.exec(lines[start]!)!
  const end = endOf(lines, isCode, start + 1, marks.length)
  const inside = (at: number) => at < end && !isCode[at]
  const mark = lines.findIndex((line, at) => at > start && inside(at) && MARK.test(line))
  const quoteEnd = mark === -1 ? quoteEndOf(lines, start + 1, end) : mark
  const first = mark === -1 ? '' : MARK.exec(lines[mark]!)![1]!.trim()
  const rest = lines.slice(mark === -1 ? quoteEnd : mark + 1, end)
  const answer = first === '' ? rest : [first, ...rest]
  const blank = answer.findIndex((line) => line.trim() !== '')
  return {
    number: Number(number),
    heading: heading.replace(/\s+/g, ' '),
    line: start + 1,
    section: sectionBefore(lines, isCode, start, marks.length),
    prompt: promptOf(lines.slice(start + 1, quoteEnd)),
    hasMark: mark !== -1,
    answer: answer.join('\n').trim(),
    answerLine: (first === '' ? quoteEnd + (mark === -1 ? 0 : 1) : mark) + Math.max(0, blank) + 1,
  }
}

/** A lone `# ` is mostly a comment of a shell that somebody forgot to fence, and ends nothing. */
function endOf(
  lines: readonly string[],
  isCode: readonly boolean[],
  from: number,
  depth: number,
): number {
  const end = lines.findIndex((line, at) => {
    if (at < from || isCode[at]) return false
    const marks = HEADING.exec(line)?.[1]
    return QUESTION.test(line) || (marks !== undefined && marks.length <= depth)
  })
  return end === -1 ? lines.length : end
}

/** The end of the quote that a question begins with; blank lines within do not end it. */
function quoteEndOf(lines: readonly string[], from: number, to: number): number {
  let end = from
  for (let at = from; at < to; at++) {
    if (QUOTE.test(lines[at]!)) end = at + 1
    else if (lines[at]!.trim() !== '') break
  }
  return end
}

function sectionBefore(
  lines: readonly string[],
  isCode: readonly boolean[],
  start: number,
  depth: number,
): string {
  for (let at = start - 1; at >= 0; at--) {
    const [, marks = '', title = ''] = (isCode[at] ? null : HEADING.exec(lines[at]!)) ?? []
    if (marks !== '' && marks.length < depth) return title
  }
  return ''
}

/** Formatters that join lines of a quote leave their marks within: `_of the_ > _package_`. */
function promptOf(quote: readonly string[]): string {
  const texts = quote.map((line) => line.replace(/^ {0,3}(?:>\s?)+/, '').trim())
  const example = texts.findIndex((line) => /^[*_]*Examples?:/i.test(line))
  return texts
    .slice(0, example === -1 ? texts.length : example)
    .join(' ')
    .replace(/[*_]+\s*>\s*[*_]+/g, ' ')
    .replace(/(^|\s)[*_]+(?=\S)|(?<=\S)[*_]+(?=[\s,.;:!?)]|$)/g, '$1')
    .replace(/\s+/g, ' ')
    .trim()
}

interface CodeLines {
  readonly isCode: readonly boolean[]
  /** Indices of fences that are never closed. */
  readonly unclosed: readonly number[]
}

/** Which lines are in fenced code. A fence that is never closed is taken for a slip, or all after it would be code. */
function codeLines(lines: readonly string[]): CodeLines {
  const isCode = lines.map(() => false)
  const unclosed: number[] = []
  for (let at = 0; at < lines.length; at++) {
    // the info text of a fence of backticks has none itself
    const fence = /^ {0,3}(?:(`{3,})[^`]*|(~{3,}).*)$/.exec(lines[at]!)
    if (fence === null) continue
    const end = fenceEnd(lines, at, (fence[1] ?? fence[2])!)
    if (end === undefined) {
      unclosed.push(at)
      continue
    }
    isCode.fill(true, at, end + 1)
    at = end
  }
  return { isCode, unclosed }
}

/**
 * Undefined: it has no end, or one that is the end of another, which begins after the next question.
 */
function fenceEnd(lines: readonly string[], start: number, fence: string): number | undefined {
  let isPastQuestion = false
  for (let at = start + 1; at < lines.length; at++) {
    const text = lines[at]!.trim()
    if (text.length >= fence.length && text === fence[0]!.repeat(text.length)) return at
    if (isPastQuestion && new RegExp(`^${fence}\\s*\\w`).test(text)) return undefined
    isPastQuestion ||= QUESTION.test(lines[at]!)
  }
  return undefined
}
