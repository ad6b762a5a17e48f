/** What the search looks through, as a script: a browser that reads files from a disk can load nothing else. */
export function searchIndex(pages) {
  const index = {
    pages: pages.map(({ title, label, out }) => [label ?? title, out]),
    parts: pages.flatMap(({ parts }, page) =>
      parts.map(({ heading, id, text }) => [page, heading, id, text.trim()]),
    ),
  }
  return `window.atelierDocs = ${JSON.stringify(index).replaceAll('</', '<\\/')}\n`
}
