export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
}

/** Rows as aligned columns under a header, two spaces apart; numbers belong to the right. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string {
  const lines = [columns.map(({ title }) => title), ...rows]
  const widths = columns.map((_, i) =>
    Math.max(...lines.map((line) => displayWidth(line[i] ?? ''))),
  )
  const format = (line: readonly string[]) =>
    columns
      .map(({ align }, i) => pad(line[i] ?? '', widths[i]!, align ?? 'left'))
      .join('  ')
      .trimEnd()
  const rule = widths.map((width) => '─'.repeat(width)).join('  ')
  return [format(lines[0]!), rule, ...rows.map(format)].join('\n')
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const fill = ' '.repeat(Math.max(0, width - displayWidth(text)))
  return align === 'left' ? text + fill : fill + text
}

/** Counted in code points: close enough for class names, wrong for wide East Asian letters. */
function displayWidth(text: string): number {
  return [...text].length
}
