/** A text of people in Markdown: no part of it may become markup. */
export function markdownText(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>|#~&]/g, (letter) => `\\${letter}`)
}

/** A table of plain texts; numbers belong to the right. */
export function markdownTable(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  align: 'left' | 'right' = 'left',
): string {
  const line = (cells: readonly string[]) => `| ${cells.map(markdownText).join(' | ')} |`
  const rule = columns.map((_, at) => (align === 'right' && at > 0 ? '---:|' : '---|'))
  return [line(columns), `|${rule.join('')}`, ...rows.map(line)].join('\n')
}
