/**
 * The figures of the README, measured against PyTorch on this machine.
 *
 *     npm run bench                      everything (about 80 minutes on 2 cores)
 *     npm run bench -- throughput fast   some of it; the table keeps what was measured before
 *
 * Wants Fashion-MNIST (FASHION_MNIST_DIR or data/raw). Peers: BENCH_PYTHON (default python3) with
 * torch from PyPI, and DEBIAN_PYTHON (default /usr/bin/python3) with Debian's python3-torch; a
 * missing peer is named and its comparison left out.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { sections } from './sections.mjs'
import { printTable } from './table.mjs'

const work = resolve(import.meta.dirname, '../.bench')
const resultsFile = resolve(work, 'results.json')
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
  results[name] = { measured: new Date().toISOString(), rows: await sections[name](work) }
  writeFileSync(resultsFile, `${JSON.stringify(results, null, 2)}\n`)
}
const missed = printTable(
  Object.keys(sections).filter((name) => name in results),
  results,
)
process.exitCode = missed > 0 ? 1 : 0
