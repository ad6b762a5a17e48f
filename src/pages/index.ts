export { type Html, html, markup } from './html.ts'
export { figureOf, reportDocument } from './report-document.ts'
