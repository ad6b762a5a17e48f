import { Marked, type Token, type Tokens } from 'marked'
import { type Html, html, reportDocument } from '../pages/index.ts'
import { type EmbeddedImage, type EmbedLimits, embedImages } from './embed-images.ts'
import type { FindImage } from './image-file.ts'
import { proseStyle } from './prose-style.ts'
import { everyToken, imagesOf } from './read-tokens.ts'
import { renderMarkdown } from './render-markdown.ts'
import { splitReport } from './split-report.ts'

export interface ReportPage {
  readonly html: string
  /** Images in the page, each once. */
  readonly embedded: readonly string[]
  /** Images that are named and could not be put in. */
  readonly lost: readonly { readonly target: string; readonly reason: string }[]
}

export interface ReportPageOptions {
  /** Stands for the title where the text has no first heading. */
  readonly name: string
  readonly findImage: FindImage
  readonly limits?: EmbedLimits
}

const markdown = new Marked()

/** A written report as one file: no script, no request, its images within. */
export async function reportPage(
  text: string,
  { name, findImage, limits }: ReportPageOptions,
): Promise<ReportPage> {
  const tokens = markdown.lexer(mended(text))
  const targets = [...everyToken(tokens)].flatMap(imagesOf).map(({ target }) => target)
  const images = await embedImages(targets, findImage, limits)
  const outline = outlineOf(tokens, text)
  const ids = new Map<Token, string>(outline.map(({ token, id }) => [token, id]))
  const options = {
    image: (target: string, alt: string) => imageHtml(target, alt, images.get(target)),
    idOf: (token: Token) => ids.get(token),
  }
  const title = outline.find(({ token }) => token.depth === 1)
  const body = html`${title === undefined ? undefined : renderMarkdown([title.token], options)}
${contents(outline)}
${sectionsOf(tokens.filter((token) => token !== title?.token)).map(
  (part) => html`<section class="prose">
${renderMarkdown(part, options)}</section>
`,
)}`
  return {
    html: reportDocument(title?.text ?? name, body, proseStyle),
    embedded: [...images].flatMap(([target, { uri }]) => (uri === undefined ? [] : [target])),
    lost: [...images].flatMap(([target, image]) =>
      image.uri === undefined ? [{ target, reason: image.reason }] : [],
    ),
  }
}

/**
 * What Markdown would show otherwise than it was meant: an answer right below `> Answer:` would be the last line
 * of the quote, and formatters that join the lines of a quote leave the mark of the second within: `_of the_ > _package_`.
 */
function mended(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(/^( {0,3}>\s*[*_]*Answer:[*_]*[ \t]*)\n(?=[ \t]*[^\s>])/gim, '$1\n\n')
    .replace(/^ {0,3}>.*$/gm, (line) => line.replace(/(\*\*|\*|_) > (?:\1|(?=`))/g, JOINED))
}

/** Emphasis before code ends there. */
const JOINED = (whole: string, mark: string) => (whole.endsWith('> ') ? `${mark} ` : ' ')

/** The parts of a text, from each heading of the second degree on. */
function sectionsOf(tokens: readonly Token[]): Token[][] {
  const sections: Token[][] = [[]]
  for (const token of tokens) {
    const isBegun = sections.at(-1)!.some(({ type }) => type !== 'space')
    if (token.type === 'heading' && token['depth'] <= 2 && isBegun) {
      sections.push([])
    }
    sections.at(-1)!.push(token)
  }
  return sections
}

interface OutlineEntry {
  readonly token: Tokens.Heading
  readonly id: string
  readonly text: string
  /** What a question asks, to find it by. */
  readonly about: string
}

const LONGEST_ABOUT = 72

function outlineOf(tokens: readonly Token[], text: string): OutlineEntry[] {
  const prompts = new Map(
    splitReport(text).questions.map(({ number, prompt }) => [number, prompt] as const),
  )
  const taken = new Map<string, number>()
  return tokens
    .filter((token): token is Tokens.Heading => token.type === 'heading')
    .map((token) => {
      const title = plainText(token.tokens)
      const slug = title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-') || 'part'
      const count = (taken.get(slug) ?? 0) + 1
      taken.set(slug, count)
      const number = /^question\s+(\d+)\b/i.exec(title)?.[1]
      const prompt = prompts.get(Number(number)) ?? ''
      return {
        token,
        id: `part-${slug}${count === 1 ? '' : `-${count}`}`,
        text: title,
        about: shortened(prompt),
      }
    })
}

function shortened(prompt: string): string {
  const sentence = /^.*?[.?!](?=\s|$)/.exec(prompt)?.[0] ?? prompt
  const letters = [...sentence.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')]
  return letters.length <= LONGEST_ABOUT
    ? letters.join('')
    : `${letters.slice(0, LONGEST_ABOUT - 1).join('')}…`
}

function plainText(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      const inner = (token as { readonly tokens?: readonly Token[] }).tokens
      if (inner !== undefined && inner.length > 0) return plainText(inner)
      return 'text' in token ? String(token['text']) : ''
    })
    .join('')
    .trim()
}

function contents(outline: readonly OutlineEntry[]): Html | undefined {
  const entries = outline.filter(({ token }) => token.depth === 2 || token.depth === 3)
  if (entries.length < 2) return undefined
  return html`<nav class="contents" aria-label="Contents"><h2>Contents</h2>
<ul>${entries.map(
    ({
      token,
      id,
      text,
      about,
    }) => html`<li class="depth${token.depth}"><a href="#${id}">${text}</a>${
      about === '' ? undefined : html` <span class="note">${about}</span>`
    }</li>
`,
  )}</ul>
</nav>`
}

function imageHtml(target: string, alt: string, image: EmbeddedImage | undefined): Html {
  if (image?.uri !== undefined) return html`<img src="${image.uri}" alt="${alt}">`
  const name = alt === '' ? '' : ` (${alt})`
  return html`<span class="lost">Image not shown: ${target}${name}: ${image?.reason ?? 'it has no address'}.</span>`
}
