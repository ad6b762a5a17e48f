import { type Html, html, markup } from './html.ts'
import { reportStyle } from './report-style.ts'

/** Even if some text did get through: no script runs and nothing is fetched. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

/** A page of one file without scripts or requests, light and dark, fit to print; `style` is more CSS of ours. */
export function reportDocument(title: string, body: Html, style = ''): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${title}</title>
<style>${markup(`${reportStyle}${style}`)}</style>
</head>
<body><main>
${body}
</main></body>
</html>
`
  return page.markup
}

/** A drawing in a page; `id` is its own in the page. */
export function figureOf(title: string, id: string, svg: string): Html {
  return html`<div class="figure" role="img" aria-label="${title}">${markup(withOwnIds(svg, id))}</div>
`
}

/** Every drawing numbers its ids from 0; in one page they would be each other's. */
const withOwnIds = (svg: string, id: string) =>
  svg.replace(/(\bid="|url\(#|href="#)/g, (start) => `${start}${id}-`)
