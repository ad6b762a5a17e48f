/**
 * Makes the documentation a site of plain files, which any web server or a browser alone can show:
 *
 *     node scripts/docs.mjs [--out site] [--docs docs] [--base /atelier/]
 *
 * Pages and their order stand in scripts/docs/navigation.mjs; the pages of commands and routes are made from
 * the compiled program. A link inside the site that leads nowhere fails the build. `--base` is the path the
 * site will have on its server: only the page for wrong addresses needs it.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { brokenLinks } from './docs/broken-links.mjs'
import { filePage } from './docs/file-page.mjs'
import { layOut, notFoundPage } from './docs/lay-out.mjs'
import { readPages } from './docs/read-pages.mjs'
import { renderPage } from './docs/render-page.mjs'
import { searchIndex } from './docs/search-index.mjs'

const root = resolve(import.meta.dirname, '..')
const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(root, 'site') },
    docs: { type: 'string', default: join(root, 'docs') },
    base: { type: 'string' },
  },
})
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

const { pages, problems } = await readPages(root, resolve(values.docs))
const rendered = pages.map((page) => renderPage(page, pages, root))
const shown = [...new Set(rendered.flatMap(({ files }) => files))].sort()
const site = { pages, version }
const outputs = new Map([
  ...rendered.map((page) => [page.out, layOut(page, site)]),
  ...shown.map((file) => [`files/${file}.html`, layOut(filePage(file, root), site)]),
  ['404.html', notFoundPage(site, values.base)],
])
problems.push(...rendered.flatMap((page) => page.problems), ...brokenLinks(outputs))
if (problems.length > 0) {
  for (const problem of problems) console.error(`docs: ${problem}`)
  process.exit(1)
}

const out = resolve(values.out)
rmSync(out, { recursive: true, force: true })
for (const [name, html] of outputs) {
  mkdirSync(dirname(join(out, name)), { recursive: true })
  writeFileSync(join(out, name), html)
}
cpSync(join(import.meta.dirname, 'docs/assets'), join(out, 'assets'), { recursive: true })
writeFileSync(join(out, 'assets/search-index.js'), searchIndex(rendered))
console.log(`${outputs.size} pages in ${out}; open ${join(out, 'index.html')}`)
