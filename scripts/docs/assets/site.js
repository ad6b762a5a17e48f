/** What pages can do beyond being read: search, the other theme, the menu on narrow screens, copying code. */
const up = document.body.dataset.up
const input = document.getElementById('search')
const results = document.getElementById('results')
const MOST = 12
let loading

input.addEventListener('focus', loadIndex)
input.addEventListener('input', () => loadIndex().then(showResults))
input.addEventListener('keydown', chooseResult)
document.addEventListener('keydown', (event) => {
  const isTyping = /^(?:INPUT|TEXTAREA)$/.test(document.activeElement?.tagName ?? '')
  if (event.key === '/' && !isTyping) {
    event.preventDefault()
    input.focus()
  }
})
document.addEventListener('click', (event) => {
  if (!event.target.closest('.search')) results.hidden = true
})

/** The index as a script, because a page from a disk may not fetch. */
function loadIndex() {
  loading ??= new Promise((done, fail) => {
    const script = document.createElement('script')
    script.src = `${up}assets/search-index.js`
    script.onload = done
    script.onerror = fail
    document.head.append(script)
  })
  return loading
}

function showResults() {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean)
  results.hidden = words.length === 0
  if (words.length === 0) return
  const found = search(words)
  results.replaceChildren(
    ...(found.length === 0 ? [textNode('p', 'Nothing found.')] : found.map(linkTo)),
  )
}

/** Parts with all of the words; words in titles weigh more than words in texts. */
function search(words) {
  const { pages, parts } = window.atelierDocs
  const scored = parts.map(([page, heading, id, text]) => {
    const [label, out] = pages[page]
    const score = words.reduce((sum, word) => {
      const one = scoreOf(word, label, heading, text)
      return one === 0 ? Number.NaN : sum + one
    }, 0)
    return { score, label, heading, href: `${up}${out}#${id}`, text, words }
  })
  return scored
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, MOST)
}

function scoreOf(word, label, heading, text) {
  const title = heading.toLowerCase()
  const begins = (whole) => new RegExp(`(?:^|[^\\p{L}\\p{N}])${escapeWord(word)}`, 'u').test(whole)
  if (title === word) return 20
  if (begins(title)) return 10
  if (title.includes(word)) return 6
  if (begins(label.toLowerCase())) return 4
  const body = text.toLowerCase()
  if (begins(body)) return 2
  return body.includes(word) ? 1 : 0
}

function escapeWord(word) {
  return word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function linkTo({ label, heading, href, text, words }) {
  const link = document.createElement('a')
  link.href = href
  const title = label === heading ? label : `${label} › ${heading}`
  link.append(textNode('b', title), textNode('span', snippet(text, words)))
  link.addEventListener('click', () => {
    results.hidden = true
  })
  return link
}

/** The text around the first of the words. */
function snippet(text, words) {
  const lower = text.toLowerCase()
  const places = words.map((word) => lower.indexOf(word)).filter((place) => place >= 0)
  const from = Math.max(0, (places.length === 0 ? 0 : Math.min(...places)) - 40)
  const cut = text.slice(from, from + 140)
  return `${from > 0 ? '…' : ''}${cut}${from + 140 < text.length ? '…' : ''}`
}

function textNode(tag, text) {
  const element = document.createElement(tag)
  element.textContent = text
  return element
}

/** Arrows move through the results, Enter opens the chosen or first one, Escape closes. */
function chooseResult(event) {
  const links = [...results.querySelectorAll('a')]
  const now = links.findIndex((link) => link.classList.contains('chosen'))
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (step !== undefined && links.length > 0) {
    event.preventDefault()
    const next = links.at((now < 0 && step < 0 ? 0 : now + step) % links.length)
    for (const link of links) link.classList.toggle('chosen', link === next)
    next.scrollIntoView({ block: 'nearest' })
  } else if (event.key === 'Enter') {
    const link = links[Math.max(0, now)]
    if (!results.hidden) link?.click()
  } else if (event.key === 'Escape') {
    results.hidden = true
    input.blur()
  }
}

const themeButton = document.getElementById('theme-button')
themeButton.addEventListener('click', () => {
  const root = document.documentElement
  const isDark =
    root.dataset.theme === 'dark' ||
    (root.dataset.theme === undefined && matchMedia('(prefers-color-scheme: dark)').matches)
  root.dataset.theme = isDark ? 'light' : 'dark'
  try {
    localStorage.setItem('atelier-docs-theme', root.dataset.theme)
  } catch {
    // storage may be forbidden: the choice lasts for this page
  }
})

const menuButton = document.getElementById('menu-button')
menuButton.addEventListener('click', () => {
  const isOpen = document.body.classList.toggle('menu-open')
  menuButton.setAttribute('aria-expanded', String(isOpen))
})
// the menu of a long list shows where one is
const here = document.querySelector('#menu [aria-current]')
const menu = document.getElementById('menu')
if (here) menu.scrollTop = here.offsetTop - menu.clientHeight / 2

for (const pre of document.querySelectorAll('article pre')) {
  const button = textNode('button', 'Copy')
  button.type = 'button'
  button.className = 'copy'
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(pre.querySelector('code').textContent)
    button.textContent = 'Copied'
    setTimeout(() => {
      button.textContent = 'Copy'
    }, 1500)
  })
  const frame = document.createElement('div')
  frame.className = 'code'
  pre.replaceWith(frame)
  frame.append(pre, button)
}
for (const inline of document.querySelectorAll('.contents.inline a')) {
  inline.addEventListener('click', () => inline.closest('details').removeAttribute('open'))
}

// beside the text: which heading one has come to
const aside = document.querySelector('.contents.aside')
if (aside && 'IntersectionObserver' in window) {
  const links = new Map(
    [...aside.querySelectorAll('a')].map((link) => [link.getAttribute('href').slice(1), link]),
  )
  const headings = [...document.querySelectorAll('article h2, article h3')]
  const mark = () => {
    const passed = headings.filter((heading) => heading.getBoundingClientRect().top < 120)
    const current = passed.at(-1)?.id
    for (const [id, link] of links) {
      const isHere = id === current
      if (isHere && !link.classList.contains('here')) {
        aside.scrollTop = link.offsetTop - aside.clientHeight / 2
      }
      link.classList.toggle('here', isHere)
    }
  }
  const observer = new IntersectionObserver(mark, { rootMargin: '-100px 0px -60% 0px' })
  for (const heading of headings) observer.observe(heading)
  mark()
}
