import type { ModelVersion } from '../../contracts/index.ts'
import { type CardSection, modelCard } from './model-card.ts'

/** The card of a version as Markdown, tables and code as GitHub and Hugging Face show them. */
export function modelCardMarkdown(version: ModelVersion): string {
  const { title, sections } = modelCard(version)
  return `# ${plain(title)}\n\n${sections.map(sectionText).join('\n\n')}\n`
}

function sectionText({ heading, paragraphs, facts, table, code }: CardSection): string {
  return [
    `## ${heading}`,
    ...paragraphs.map((text) => text.split('\n').map(plain).join('\n')),
    ...(facts.length === 0 ? [] : [tableText(['', ''], facts)]),
    ...(table === undefined ? [] : [tableText(table.columns, table.rows)]),
    ...(code === undefined ? [] : [fenced(code)]),
  ].join('\n\n')
}

function tableText(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(plain).join(' | ')} |`
  return [line(columns), `|${columns.map(() => '---|').join('')}`, ...rows.map(line)].join('\n')
}

/** Class names and descriptions are texts of people: no part of them may become markup. */
function plain(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>|#~&]/g, (letter) => `\\${letter}`)
}

/** Between fences longer than any in the text. */
function fenced(code: string): string {
  const longest = Math.max(2, ...[...code.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}sh\n${code}\n${fence}`
}
