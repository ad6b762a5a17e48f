import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { printTable } from './table.mjs'

/**
 * Measures the sections named on the command line, or all, and prints the table of all that was
 * measured so far, which is kept in `.bench/`. The exit code is 1 when a target was missed.
 */
export async function runSections(sections, file) {
  const work = resolve(import.meta.dirname, '../.bench')
  const resultsFile = resolve(work, file)
  const wanted = process.argv.slice(2)
  const unknown = wanted.filter((name) => !Object.hasOwn(sections, name))
  if (unknown.length > 0) {
    process.stderr.write(
      `Unknown: ${unknown.join(', ')}. There are: ${Object.keys(sections).join(', ')}\n`,
    )
    process.exit(2)
  }

  mkdirSync(work, { recursive: true })
  const results = existsSync(resultsFile) ? JSON.parse(readFileSync(resultsFile, 'utf8')) : {}
  for (const name of wanted.length > 0 ? wanted : Object.keys(sections)) {
    process.stderr.write(`\n== ${name}\n`)
    const before = cpuTimes()
    const rows = await sections[name](work)
    const stolen = stolenShare(before, cpuTimes())
    results[name] = { measured: new Date().toISOString(), stolen, rows }
    writeFileSync(resultsFile, `${JSON.stringify(results, null, 2)}\n`)
  }
  const missed = printTable(
    Object.keys(sections).filter((name) => name in results),
    results,
  )
  process.exitCode = missed > 0 ? 1 : 0
}

/** What the machine's processors did since its start, in ticks; null where the system does not say. */
function cpuTimes() {
  if (!existsSync('/proc/stat')) return null
  const [line] = readFileSync('/proc/stat', 'utf8').split('\n')
  const [user, nice, system, idle, wait, irq, softirq, steal] = line
    .split(/ +/)
    .slice(1)
    .map(Number)
  return { steal, all: user + nice + system + idle + wait + irq + softirq + steal }
}

/** The share of a virtual machine's time that its host gave to others: figures taken meanwhile say little. */
function stolenShare(before, after) {
  if (before === null || after === null) return null
  return (after.steal - before.steal) / Math.max(1, after.all - before.all)
}
