export { type Html, html, markup } from './html.ts'
export { markdownTable, markdownText } from './markdown.ts'
export { figureOf, reportDocument } from './report-document.ts'
