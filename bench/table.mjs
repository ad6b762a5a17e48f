/** A row: what was measured, the value as text, the peer's value, and whether it is enough. */
export function row(what, value, { peer = '', target = '', reached = true } = {}) {
  return { what, value, peer, target, reached }
}

/** Prints all rows and returns how many missed their target. `stolen`: time that the machine was not given. */
export function printTable(names, results) {
  const rows = names.flatMap((name) =>
    results[name].rows.map((entry) => ({
      ...entry,
      date: results[name].measured.slice(0, 16),
      stolen: percentText(results[name].stolen),
    })),
  )
  const columns = ['what', 'value', 'peer', 'target', 'date', 'stolen']
  const width = (column) =>
    Math.max(...[column, ...rows.map((entry) => entry[column])].map((s) => s.length))
  const widths = columns.map(width)
  const line = (cells, end) =>
    `${cells.map((cell, i) => cell.padEnd(widths[i])).join('  ')}  ${end}\n`
  process.stdout.write(`\n${line(columns, '')}`)
  for (const entry of rows) {
    process.stdout.write(
      line(
        columns.map((column) => entry[column]),
        entry.reached ? 'ok' : 'MISSED',
      ),
    )
  }
  return rows.filter((entry) => !entry.reached).length
}

function percentText(share) {
  return typeof share === 'number' ? `${(100 * share).toFixed(0)} %` : ''
}
