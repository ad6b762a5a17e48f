import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { navigation } from './navigation.mjs'

/**
 * All pages in reading order, with their Markdown. `file` is the path in the repository by which other pages
 * name it, `out` its file in the site. A page that the navigation lacks, or names for nothing, is a problem.
 */
export async function readPages(root, docs) {
  const made = await generatedPages(root)
  const listed = navigation.flatMap(({ title: section, pages }) =>
    pages.map(([name, label]) => ({ section, label, name })),
  )
  const found = readdirSync(docs).filter((file) => file.endsWith('.md'))
  const problems = [
    ...found
      .filter((file) => !listed.some(({ name }) => `${name}.md` === file))
      .map((file) => `docs/${file} is in no section of scripts/docs/navigation.mjs`),
    ...listed
      .filter(({ name }) => !existsSync(pathOf(name)))
      .map(({ name }) => `scripts/docs/navigation.mjs names docs/${name}.md, which is not there`),
  ]
  const pages = listed
    .filter(({ name }) => existsSync(pathOf(name)))
    .map(({ name, ...page }) => ({
      ...page,
      file: name.startsWith('../') ? `${name.slice(3)}.md` : `docs/${name}.md`,
      out: name === 'README' ? 'index.html' : `${basename(name).toLowerCase()}.html`,
      markdown: made[name] ?? readFileSync(pathOf(name), 'utf8'),
    }))
  return { pages, problems }

  function pathOf(name) {
    return name.startsWith('../') ? join(root, `${name.slice(3)}.md`) : join(docs, `${name}.md`)
  }
}

/** What the program says of itself now, whatever was committed. */
async function generatedPages(root) {
  const compiled = (path) => import(join(root, 'dist', path))
  const [{ commandReference }, { commandTable }, { apiReference }] = await Promise.all([
    compiled('cli/command-reference.js'),
    compiled('cli/index.js'),
    compiled('http/service/api-reference.js'),
  ])
  return { cli: await commandReference(commandTable), http: apiReference() }
}
