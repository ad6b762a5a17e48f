/**
 * What a reviewer wants to know of a data set, as Markdown, from the JSON of two commands:
 *
 *     atelier data check --json > DIR/check.json; atelier data stats --json > DIR/stats.json
 *     node scripts/data-comment.mjs DIR
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = process.argv[2]
if (folder === undefined) {
  console.error('usage: node scripts/data-comment.mjs DIR')
  process.exit(2)
}
const read = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'))
const stats = read('stats.json')
const { findings } = read('check.json')

const row = (cells) => `| ${cells.map(escapeCell).join(' | ')} |`
const { height, width, channels } = stats.geometry
const lines = [
  `### Data set ${escapeCell(stats.name)}`,
  '',
  `${stats.images} images, ${width} × ${height}, ${channels === 1 ? 'grey' : 'RGB'}; digest \`${stats.digest.slice(0, 12)}\``,
  '',
  row(['class', ...stats.splits.map(({ split }) => split)]),
  row(['---', ...stats.splits.map(() => '---:')]),
  ...stats.splits[0].classes.map(({ name }, label) =>
    row([name, ...stats.splits.map(({ classes }) => classes[label].count)]),
  ),
  row(['**all**', ...stats.splits.map(({ size }) => size)]),
  '',
  ...(findings.length === 0
    ? ['No damage, no copies, no leaks between the splits.']
    : findings.map(({ severity, kind, message }) =>
        escapeCell(`- **${severity}**: ${message ?? kind}`),
      )),
]
console.log(lines.join('\n'))

/** Names come from folders of the request: they are no Markdown. */
function escapeCell(text) {
  return String(text).replaceAll(/[|<>`\n\\[\]@]/g, (sign) => (sign === '\n' ? ' ' : `\\${sign}`))
}
