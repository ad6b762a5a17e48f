import { existsSync, statSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { Marked } from 'marked'
import { diagram } from './diagram.mjs'
import { escapeHtml, highlight } from './highlight.mjs'
import { createSlugs, plainText } from './slugs.mjs'

const EXTERNAL = /^(?:https?:|mailto:)/
/** Tables of so many rows are looked up by row: each gets an address of its own. */
const LONG_TABLE = 25

/**
 * A page as HTML, with its title, headings (`{depth, text, id}`), parts to search (`{heading, id, text}`), the
 * files of the repository it shows, and links that lead nowhere.
 */
export function renderPage(page, pages, root) {
  const state = {
    ...{ page, pages, root, slugs: createSlugs() },
    ...{ headings: [], parts: [], files: [], problems: [] },
  }
  const marked = new Marked({ gfm: true })
  marked.use({ renderer: rendererOf(state) })
  const tokens = marked.lexer(page.markdown)
  const html = marked.parser(tokens)
  const { headings, parts, files, problems } = state
  if (headings[0]?.depth !== 1) problems.push(`${page.file} does not begin with a title`)
  return { ...page, title: headings[0]?.text ?? page.file, html, headings, parts, files, problems }
}

function rendererOf(state) {
  return {
    heading({ tokens, depth }) {
      const inner = this.parser.parseInline(tokens)
      const text = plainText(inner)
      const id = state.slugs(text)
      state.headings.push({ depth, text, id })
      state.parts.push({ heading: text, id, text: '' })
      const link =
        depth === 1 ? '' : ` <a class="anchor" href="#${id}" aria-label="Link here">#</a>`
      return `<h${depth} id="${id}">${inner}${link}</h${depth}>\n`
    },
    paragraph({ tokens }) {
      const inner = this.parser.parseInline(tokens)
      addText(state, inner)
      return `<p>${inner}</p>\n`
    },
    listitem(item) {
      const inner = this.parser.parse(item.tokens, item.loose)
      addText(state, inner)
      return `<li>${inner}</li>\n`
    },
    code({ text, lang = '' }) {
      addText(state, escapeHtml(text))
      if (lang === 'mermaid') return diagram(text)
      return `<pre data-lang="${escapeHtml(lang)}"><code>${highlight(text, lang)}</code></pre>\n`
    },
    table(token) {
      return tableHtml(state, this.parser, token)
    },
    link({ href, title, tokens }) {
      const inner = this.parser.parseInline(tokens)
      const tip = title ? ` title="${escapeHtml(title)}"` : ''
      const rel = EXTERNAL.test(href) ? ' rel="external"' : ''
      return `<a href="${escapeHtml(siteLink(state, href))}"${tip}${rel}>${inner}</a>`
    },
  }
}

function tableHtml(state, parser, { header, rows }) {
  const cell = (tag, { tokens, align }) =>
    `<${tag}${align ? ` class="${align}"` : ''}>${parser.parseInline(tokens)}</${tag}>`
  const head = header.some(({ text }) => text !== '')
    ? `<thead><tr>${header.map((one) => cell('th', one)).join('')}</tr></thead>`
    : ''
  const section = state.parts.at(-1)
  const body = rows.map((row) => {
    const cells = row.map((one) => cell('td', one))
    const name = /^<td><code>([^<]+)<\/code><\/td>$/.exec(cells[0] ?? '')?.[1]
    const text = cells.map(plainText).join(' ')
    if (rows.length < LONG_TABLE || name === undefined) {
      if (section !== undefined) section.text += ` ${text}`
      return `<tr>${cells.join('')}</tr>`
    }
    const id = state.slugs(plainText(name))
    state.parts.push({ heading: plainText(name), id, text })
    return `<tr id="${id}">${cells.join('')}</tr>`
  })
  return `<div class="table"><table>${head}<tbody>${body.join('\n')}</tbody></table></div>\n`
}

/** Where a link of the Markdown leads within the site. */
function siteLink({ page, pages, root, files, problems }, href) {
  if (EXTERNAL.test(href) || href.startsWith('#')) return href
  const [path, anchor] = href.split('#')
  const file = posix.join(dirname(page.file), path)
  const target = pages.find((other) => other.file === file)
  if (target !== undefined) return anchor === undefined ? target.out : `${target.out}#${anchor}`
  const at = join(root, file)
  if (file.startsWith('..') || !existsSync(at) || !statSync(at).isFile()) {
    problems.push(`${page.file} links to ${href}, which is not there`)
    return href
  }
  files.push(file)
  return `files/${file}.html`
}

function addText({ parts }, html) {
  const part = parts.at(-1)
  if (part !== undefined) part.text += ` ${plainText(html)}`
}
