import { readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { escapeHtml, highlight } from './highlight.mjs'

/** A file of the repository that a page points to, so that the link holds without the repository. */
export function filePage(file, root) {
  const language = file.endsWith('Dockerfile') ? 'sh' : extname(file).slice(1)
  const code = highlight(readFileSync(join(root, file), 'utf8'), language)
  return {
    file,
    out: `files/${file}.html`,
    title: file,
    headings: [],
    html: `<h1><code>${escapeHtml(file)}</code></h1>\n<p>A file of the repository, as it was when this site was made.</p>\n<pre><code>${code}</code></pre>\n`,
  }
}
