import { escapeHtml } from './highlight.mjs'
import { navigation } from './navigation.mjs'

/** A whole page around its content. Every address is relative to it, so that the site works anywhere. */
export function layOut(page, { pages, version }) {
  const up = '../'.repeat(page.out.split('/').length - 1)
  const place = pages.findIndex(({ file }) => file === page.file)
  return documentOf({
    up,
    title: page.out === 'index.html' ? 'Atelier' : `${page.title} · Atelier`,
    menu: menuOf(page, pages, up),
    version,
    main: [
      '<main>',
      contentsOf(page.headings, 'inline'),
      `<article>\n${page.html}</article>`,
      place < 0 ? '' : neighbours(pages[place - 1], pages[place + 1]),
      '</main>',
      contentsOf(page.headings, 'aside'),
    ].join('\n'),
  })
}

/** For wrong addresses, at any depth below `base`. */
export function notFoundPage({ pages, version }, base) {
  return documentOf({
    up: '',
    base,
    title: 'Not found · Atelier',
    menu: menuOf(undefined, pages, ''),
    version,
    main: `<main><article><h1>There is no such page</h1>
<p>It may have moved. The menu lists all pages; the search looks into them.
<a href="index.html">Begin at the overview.</a></p></article></main>`,
  })
}

function documentOf({ up, base, title, menu, main, version }) {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${base === undefined ? '' : `<base href="${escapeHtml(base.replace(/\/?$/, '/'))}">\n`}<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="${up}assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${up}assets/site.css">
<script src="${up}assets/theme.js"></script>
<script src="${up}assets/site.js" defer></script>
</head>
<body data-up="${up}">
<a class="skip" href="#content">To the content</a>
<header>
<button type="button" id="menu-button" class="menu-button" aria-controls="menu" aria-expanded="false" aria-label="Menu">☰</button>
<a class="brand" href="${up}index.html"><img src="${up}assets/icon.svg" alt="" width="24" height="24"> Atelier</a>
<div class="search" role="search">
<input id="search" type="search" placeholder="Search" aria-label="Search the documentation" autocomplete="off" spellcheck="false">
<kbd>/</kbd>
<div id="results" class="results" hidden></div>
</div>
<button type="button" id="theme-button" aria-label="Light or dark">◐</button>
</header>
<div class="frame">
${menu}
<div id="content" class="columns">
${main}
</div>
</div>
<footer>Atelier ${escapeHtml(version)}, MIT licensed. Every command on these pages is run by a test.</footer>
</body>
</html>
`
}

function menuOf(current, pages, up) {
  const sections = navigation.map(({ title }) => {
    const items = pages
      .filter(({ section }) => section === title)
      .map(({ file, out, label }) => {
        const here = file === current?.file ? ' aria-current="page"' : ''
        return `<li><a href="${up}${out}"${here}>${escapeHtml(label)}</a></li>`
      })
    return `<h2>${escapeHtml(title)}</h2>\n<ul>\n${items.join('\n')}\n</ul>`
  })
  return `<nav id="menu" class="menu" aria-label="Pages">\n${sections.join('\n')}\n</nav>`
}

/** Twice in a page: folded above the text on narrow screens, beside it on wide ones. */
function contentsOf(headings, kind) {
  const shown = headings.filter(({ depth }) => depth === 2 || depth === 3)
  if (shown.length < 2) return ''
  const items = shown.map(
    ({ depth, text, id }) =>
      `<li><a class="depth-${depth}" href="#${id}">${escapeHtml(text)}</a></li>`,
  )
  const list = `<ul>\n${items.join('\n')}\n</ul>`
  return kind === 'inline'
    ? `<details class="contents inline"><summary>On this page</summary>\n${list}\n</details>`
    : `<nav class="contents aside" aria-label="On this page"><h2>On this page</h2>\n${list}\n</nav>`
}

function neighbours(before, after) {
  const link = (page, rel, word) =>
    page === undefined
      ? '<span></span>'
      : `<a rel="${rel}" href="${page.out}"><small>${word}</small>${escapeHtml(page.label)}</a>`
  return `<nav class="neighbours" aria-label="Next pages">${link(before, 'prev', 'Before')}${link(after, 'next', 'Next')}</nav>`
}
