import { posix } from 'node:path'

const ASSETS = /^assets\//

/** What is wrong with the links of finished pages: each must lead to a page of the site, and to an id in it. */
export function brokenLinks(outputs) {
  const ids = new Map(
    [...outputs].map(([name, html]) => [
      name,
      new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)),
    ]),
  )
  return [...outputs].flatMap(([name, html]) => {
    // what `<base>` names is the site itself
    const links = [...html.replace(/<base [^>]*>/, '').matchAll(/ (?:href|src)="([^"]*)"/g)].map(
      ([, link]) => link,
    )
    return [...new Set(links)]
      .filter((link) => !/^(?:https?:|mailto:|data:)/.test(link))
      .filter((link) => !leadsSomewhere(name, decodeURI(link).replaceAll('&amp;', '&'), ids))
      .map((link) => `${name} links to ${link}, which is not in the site`)
  })
}

function leadsSomewhere(from, link, ids) {
  const [path, anchor] = link.split('#')
  const target = path === '' ? from : posix.join(posix.dirname(from), path)
  if (ASSETS.test(target)) return true
  const known = ids.get(target)
  return known !== undefined && (anchor === undefined || known.has(anchor))
}
