export type CsvValue = string | number | boolean | null | undefined

/** Lines of comma-separated values under a header (RFC 4180, but with plain newlines). */
export function formatCsv(
  header: readonly string[],
  rows: readonly (readonly CsvValue[])[],
): string {
  return [header, ...rows].map((row) => row.map(cell).join(',')).join('\n')
}

function cell(value: CsvValue): string {
  const text = String(value ?? '')
  // a text that starts so would be a formula to a spreadsheet; a negative number is none
  const guarded = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded
}
