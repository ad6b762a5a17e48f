import type { MarkedToken, Token, Tokens } from 'marked'
import { type Html, html, markup } from '../pages/index.ts'
import { attributeOf } from './read-tokens.ts'

export interface RenderOptions {
  image(target: string, alt: string): Html
  /** Of a heading; undefined: none. */
  idOf(token: Token): string | undefined
}

type Render<K extends MarkedToken['type']> = (
  token: Extract<MarkedToken, { type: K }>,
  options: RenderOptions,
) => Html | undefined

/**
 * Markdown as markup. Every piece is put together from escaped text here, so that whatever the Markdown
 * holds, raw HTML or not, no script, style or attribute of it comes through.
 */
export function renderMarkdown(tokens: readonly Token[], options: RenderOptions): Html {
  return html`${tokens.map((token) => rendered(token as MarkedToken, options))}`
}

function rendered(token: MarkedToken, options: RenderOptions): Html | undefined {
  const render = RENDERERS[token.type] as Render<MarkedToken['type']> | undefined
  return render === undefined ? html`${token.raw}` : render(token as never, options)
}

const within = (tokens: readonly Token[], options: RenderOptions) => renderMarkdown(tokens, options)

const RENDERERS: { readonly [K in MarkedToken['type']]: Render<K> } = {
  space: () => undefined,
  def: () => undefined,
  heading: (token, options) => {
    const tag = `h${Math.min(6, token.depth)}`
    const id = options.idOf(token)
    const attribute = id === undefined ? undefined : html` id="${id}"`
    return html`<${markup(tag)}${attribute}>${within(token.tokens, options)}</${markup(tag)}>
`
  },
  paragraph: ({ tokens }, options) => html`<p>${within(tokens, options)}</p>
`,
  blockquote: ({ tokens }, options) => html`<blockquote>
${within(tokens, options)}</blockquote>
`,
  list: (token, options) => {
    const items = token.items.map(
      (item) => html`<li>${within(item.tokens, options)}</li>
`,
    )
    if (!token.ordered)
      return html`<ul>
${items}</ul>
`
    const start =
      token.start === '' || token.start === 1 ? undefined : html` start="${token.start}"`
    return html`<ol${start}>
${items}</ol>
`
  },
  list_item: ({ tokens }, options) => within(tokens, options),
  checkbox: ({ checked }) => html`${checked ? '☑' : '☐'} `,
  code: (token) => html`<pre><code>${codeText(token)}</code></pre>
`,
  hr: () => html`<hr>
`,
  table: renderTable,
  html: (token, options) => renderRawHtml(token.raw, options),
  text: ({ text, tokens }, options) =>
    tokens === undefined ? entities(text) : within(tokens, options),
  escape: ({ text }) => html`${text}`,
  strong: ({ tokens }, options) => html`<strong>${within(tokens, options)}</strong>`,
  em: ({ tokens }, options) => html`<em>${within(tokens, options)}</em>`,
  del: ({ tokens }, options) => html`<del>${within(tokens, options)}</del>`,
  codespan: ({ text }) => html`<code>${text}</code>`,
  br: () => html`<br>
`,
  link: ({ href, tokens }, options) => {
    const text = within(tokens, options)
    return isSafe(href) ? html`<a href="${href}" rel="noopener noreferrer">${text}</a>` : text
  },
  image: ({ href, text }, options) => options.image(href, text),
}

/** Who begins the code behind the fence, "```sh curl", has its first line as the name of a language. */
function codeText({ text, lang = '' }: Tokens.Code): string {
  const [, rest = ''] = /^\S+\s+([^{\s=]+(?:\s.*)?)$/.exec(lang) ?? []
  return rest === '' ? text : `${rest}\n${text}`
}

function renderTable({ header, rows, align }: Tokens.Table, options: RenderOptions): Html {
  const cell = (tag: 'th' | 'td') => (one: Tokens.TableCell, at: number) =>
    html`<${markup(tag)} class="${align[at] ?? 'left'}">${within(one.tokens, options)}</${markup(tag)}>`
  return html`<div class="scroll"><table>
<thead><tr>${header.map(cell('th'))}</tr></thead>
<tbody>${rows.map(
    (row) => html`<tr>${row.map(cell('td'))}</tr>
`,
  )}</tbody>
</table></div>
`
}

/** Addresses of pages and mail, and paths. Browsers pass over white space in `java script:`. */
function isSafe(href: string): boolean {
  const scheme = /^[^/?#]*?:/.exec(href.replace(/[\s\p{Cc}]/gu, ''))?.[0].toLowerCase()
  return scheme === undefined || ['http:', 'https:', 'mailto:'].includes(scheme)
}

/** What stands for a sign stays: `&eacute;`, `&#8211;`. */
function entities(text: string): Html {
  const pieces = text.split(/(&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,31});)/i)
  return html`${pieces.map((piece, at) => (at % 2 === 1 ? markup(piece) : piece))}`
}

/** Tags that only say how a text looks; they are kept, without their attributes. */
const KEPT = new Set(
  'b,i,u,s,em,strong,del,ins,mark,small,sub,sup,kbd,code,samp,var,br,hr,details,summary'.split(','),
)
/** Tags that only group; what is in them is kept. */
const DROPPED = new Set(
  'p,div,span,center,a,font,picture,source,figure,figcaption,section,article,header,footer'.split(
    ',',
  ),
)

const TAG = /(<!--[\s\S]*?(?:-->|$)|<\/?[a-z][a-z\d-]*(?:\s[^<>]*)?\/?>)/i

/** Raw HTML: tags of two lists as said there, images as images, and anything else is a text to read. */
function renderRawHtml(raw: string, options: RenderOptions): Html {
  const pieces = raw.split(TAG)
  return html`${pieces.map((piece, at) => (at % 2 === 1 ? renderTag(piece, options) : entities(piece)))}`
}

function renderTag(tag: string, options: RenderOptions): Html | undefined {
  if (tag.startsWith('<!--')) return undefined
  const [, slash = '', name = ''] = /^<(\/?)([a-z][a-z\d-]*)/i.exec(tag)!
  const word = name.toLowerCase()
  if (word === 'img') return options.image(attributeOf(tag, 'src'), attributeOf(tag, 'alt'))
  if (DROPPED.has(word)) return undefined
  return KEPT.has(word) ? markup(`<${slash}${word}>`) : html`${tag}`
}
