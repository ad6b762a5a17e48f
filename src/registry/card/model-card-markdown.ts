import type { ModelVersion } from '../../contracts/index.ts'
import { markdownTable, markdownText } from '../../pages/index.ts'
import { type CardSection, modelCard } from './model-card.ts'

/** The card of a version as Markdown, tables and code as GitHub and Hugging Face show them. */
export function modelCardMarkdown(version: ModelVersion): string {
  const { title, sections } = modelCard(version)
  return `# ${markdownText(title)}\n\n${sections.map(sectionText).join('\n\n')}\n`
}

function sectionText({ heading, paragraphs, facts, table, code }: CardSection): string {
  return [
    `## ${heading}`,
    ...paragraphs.map((text) => text.split('\n').map(markdownText).join('\n')),
    ...(facts.length === 0 ? [] : [markdownTable(['', ''], facts)]),
    ...(table === undefined ? [] : [markdownTable(table.columns, table.rows)]),
    ...(code === undefined ? [] : [fenced(code)]),
  ].join('\n\n')
}

/** Between fences longer than any in the text. */
function fenced(code: string): string {
  const longest = Math.max(2, ...[...code.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}sh\n${code}\n${fence}`
}
