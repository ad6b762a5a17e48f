/**
 * What no compiler looks at, in the named files or in all that git knows: blanks at ends of lines, one
 * newline at the end, YAML and JSON that parse, merges half done, keys, files too large for a repository.
 *
 *     node scripts/check-files.mjs [--fix] [FILE…]
 *
 * `--fix` mends blanks and newlines. Exit code 1 tells of findings.
 */
import { execFileSync } from 'node:child_process'
import { lstatSync, readFileSync, writeFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'

const MOST_BYTES = 1_000_000
/** Written by tools, or kept as other tools wrote them. */
const FOREIGN = /^(test\/(golden|fixtures)|src\/onnx\/generated|docs\/schema|package-lock\.json)/
// put together here so that this file does not find itself
const MARKS = new RegExp(`^(${'<'.repeat(7)}|${'>'.repeat(7)}) `, 'm')
const KEYS = new RegExp(`-----${'BEGIN'} ([A-Z]+ )?PRIVATE KEY-----\\n[A-Za-z0-9+/]`)

const words = process.argv.slice(2)
const fix = words.includes('--fix')
const named = words.filter((word) => word !== '--fix')
const files = named.length > 0 ? named : trackedFiles()
const findings = files.flatMap((file) => check(file).map((what) => `${file}: ${what}`))
for (const finding of findings) console.error(finding)
console.error(`${files.length} files, ${findings.length} findings`)
process.exitCode = findings.length === 0 ? 0 : 1

function trackedFiles() {
  const output = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' })
  return output.split('\0').filter((file) => file !== '')
}

function check(file) {
  const info = lstatSync(file, { throwIfNoEntry: false })
  // deleted, or a link to something that is looked at itself
  if (info === undefined || !info.isFile()) return []
  const large = info.size > MOST_BYTES ? [`${info.size} bytes, at most ${MOST_BYTES}`] : []
  const bytes = readFileSync(file)
  if (bytes.includes(0)) return large
  const text = bytes.toString('utf8')
  return [...large, ...(FOREIGN.test(file) ? [] : shape(file, text)), ...contents(file, text)]
}

/** How the text is set; mended where `--fix` says so. */
function shape(file, text) {
  const blanks = /[ \t]+$/m.test(text) ? ['blanks at the end of a line'] : []
  const end = text === '' || /[^\n]\n$/.test(text) ? [] : ['wants one newline at the end']
  const found = [...blanks, ...end]
  if (found.length === 0 || !fix) return found
  writeFileSync(file, `${text.replace(/[ \t]+$/gm, '').trimEnd()}\n`)
  return []
}

function contents(file, text) {
  return [
    ...(MARKS.test(text) ? ['a merge that is not finished'] : []),
    ...(KEYS.test(text) ? ['a private key'] : []),
    ...(/\.ya?ml$/.test(file) ? yamlProblems(text) : []),
    ...(/\.json$/.test(file) ? jsonProblems(text) : []),
  ]
}

function yamlProblems(text) {
  return [...parseAllDocuments(text)].flatMap(({ errors }) => errors.map(({ message }) => message))
}

function jsonProblems(text) {
  try {
    JSON.parse(text)
    return []
  } catch (error) {
    return [error.message]
  }
}
