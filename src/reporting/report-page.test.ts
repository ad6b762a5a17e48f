import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FindImage, imageFinder } from './image-file.ts'
import { type ReportPageOptions, reportPage } from './report-page.ts'

const fixture = join(import.meta.dirname, '../../test/fixtures/report')
const nowhere: FindImage = async () => ({ state: 'missing' })

async function bodyOf(text: string, options: Partial<ReportPageOptions> = {}) {
  const { html } = await reportPage(text, { name: 'x.md', findImage: nowhere, ...options })
  return /<main>\n([\s\S]*)\n<\/main>/.exec(html)![1]!
}

const ATTRIBUTES: Readonly<Record<string, RegExp>> = {
  section: /^ class="prose"$/,
  nav: /^ class="contents" aria-label="Contents"$/,
  a: /^ href="(?:#|https?:|mailto:)?[^":]*[^"]*"(?: rel="noopener noreferrer")?$/,
  img: /^ src="data:image\/[a-z+]+;base64,[\w+/=]+" alt="[^"<>]*"$/,
  span: /^ class="(?:lost|note)"$/,
  div: /^ class="scroll"$/,
  th: /^ class="(?:left|right|center)"$/,
  td: /^ class="(?:left|right|center)"$/,
  li: /^(?: class="depth[23]")?$/,
  ol: /^(?: start="\d+")?$/,
}
const TAGS = new Set(
  'section nav a img span div table thead tbody tr th td ul ol li p blockquote pre code em strong del hr br b i u s ins mark small sub sup kbd samp var details summary'.split(
    ' ',
  ),
)

/** Every tag of a page that is not one that we write ourselves. */
function foreignTags(body: string): string[] {
  return [...body.matchAll(/<(\/?)([^\s>]*)([^>]*)>?/g)]
    .filter(([, slash, name, rest]) => {
      if (/^h[1-6]$/.test(name!)) return !/^(?: id="part-[\p{L}\p{N}-]+")?$/u.test(rest!)
      if (!TAGS.has(name!)) return true
      const script = /^ href="\s*[a-z]+script:/i.test(rest!)
      return script || !(slash === '/' ? /^$/ : (ATTRIBUTES[name!] ?? /^$/)).test(rest!)
    })
    .map(([tag]) => tag)
}

describe('reportPage', () => {
  it('shows headings, tables, lists, code, quotes and links', async () => {
    const body = await bodyOf(`# A report

## Numbers & facts

| class | recall |
|:--|--:|
| shirt | 0.9 |

3. three
4. four

- [x] done

\`\`\`sh
echo "<b>" && ls
\`\`\`

> quoted *text*, caf&eacute; &copy; <weblink>

[a page](https://example.org/?a=1&b=2 "title"), <https://example.org>, [a file](../src/a.py)
`)
    for (const part of [
      '<h1 id="part-a-report">A report</h1>',
      '<h2 id="part-numbers-facts">Numbers &amp; facts</h2>',
      '<th class="right">recall</th>',
      '<td class="right">0.9</td>',
      '<ol start="3">',
      '☑ done',
      '<pre><code>echo &quot;&lt;b&gt;&quot; &amp;&amp; ls</code></pre>',
      'quoted <em>text</em>, caf&eacute; &copy; &lt;weblink&gt;',
      '<a href="https://example.org/?a=1&amp;b=2" rel="noopener noreferrer">a page</a>',
      '<a href="../src/a.py" rel="noopener noreferrer">a file</a>',
    ]) {
      expect(body).toContain(part)
    }
    expect(foreignTags(body)).toEqual([])
  })

  it('has a table of contents that says what each question asks', async () => {
    const body = await bodyOf(await readFile(join(fixture, 'README.md'), 'utf8'))
    expect(body).toContain(
      '<li class="depth3"><a href="#part-question-5">Question 5</a> <span class="note">Tell how you test.</span></li>',
    )
    // of two questions 24, the second has a place of its own
    expect(body).toContain('<h3 id="part-question-24-2">')
    expect(foreignTags(body)).toEqual([])
  })

  it('does not take an answer for the end of its question', async () => {
    const body = await bodyOf('### Question 1\n\n> Why?\n>\n> Answer:\nBecause.\n')
    expect(body).toContain('<p>Answer:</p>\n</blockquote>\n<p>Because.</p>')
  })

  it('joins again what a formatter joined, and loses no code that begins behind its fence', async () => {
    const quote = '> **We used it** > **here.** _One_ > _two_ > `code` a > b'
    const fence = '```bash curl -X POST \\\n  http://x\n```\n\n```js title=a\ncode\n```'
    const body = await bodyOf(`${quote}\n\n${fence}`)
    expect(body).toContain(
      '<strong>We used it here.</strong> <em>One two</em> <code>code</code> a &gt; b',
    )
    expect(body).toContain('<code>curl -X POST \\\n  http://x</code>')
    expect(body).toContain('<code>code</code></pre>')
  })

  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<svg onload=alert(1)><g></svg>',
    '<details open ontoggle=alert(1)><summary onclick="x()">s</summary></details>',
    '<a href="javascript:alert(1)">x</a>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<style>body{display:none}</style>',
    '<b style="position:fixed" onmouseover="x()">b</b>',
    '<base href="https://evil.example/">',
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    '[x](javascript:alert(1))',
    '[x](<java\tscript:alert(1)>)',
    '[x](JaVaScRiPt:alert(1))',
    '[x](javascript&colon;alert(1))',
    '[x](data:text/html;base64,PHNjcmlwdD4=)',
    '[x](vbscript:x)',
    '[x]: javascript:alert(1)\n\n[x]',
    '![a" onerror="alert(1)](b.png)',
    '[a](https://x.example/" onclick="alert(1))',
    '```"><script>\n</code></pre><script>alert(1)</script>\n```',
    '`</code><script>alert(1)</script>`',
    '## "><script>alert(1)</script>',
    '| <script> | b |\n|---|---|\n| <script>alert(1)</script> | `<script>` |',
    '</main></section><script>alert(1)</script>',
    '<!-- --><script>alert(1)</script> -->',
    '<script\n>alert(1)</script\n>',
    '<p><script>alert(1)</script></p>',
  ])('makes no script of %s', async (text) => {
    const body = await bodyOf(text)
    expect(foreignTags(body)).toEqual([])
    expect(body).not.toMatch(/href="(?!https?:|mailto:|#)[^"]*:/i)
  })

  it('makes no script of whatever is put together from such pieces', async () => {
    const piece = fc.constantFrom(
      ...[
        '<',
        '>',
        '"',
        "'",
        '/',
        '!',
        '--',
        '<!--',
        '-->',
        'script',
        'img',
        ' onerror=',
        'a href=',
      ],
      ...[
        '[',
        ']',
        '(',
        ')',
        '`',
        '```\n',
        '\n',
        '\n\n',
        '> ',
        '# ',
        '| ',
        '|---|\n',
        '- ',
        '&lt;',
        '&#60;',
      ],
      ...[
        'javascript:',
        ':',
        'x',
        ' ',
        '\t',
        '\\',
        '*',
        '_',
        '<b>',
        '</b>',
        '<details>',
        '<p>',
        'data:',
      ],
    )
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
        expect(foreignTags(await bodyOf(pieces.join('')))).toEqual([])
      }),
      { numRuns: 400, seed: 7 },
    )
  })
})

describe('images of a page', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atelier-report-'))
    await mkdir(join(folder, 'reports/figures'), { recursive: true })
    await mkdir(join(folder, '.git'))
    const png = await readFile(join(fixture, 'figures/loss.png'))
    await writeFile(join(folder, 'reports/figures/a b.png'), png)
    await writeFile(join(folder, 'top.png'), png)
    await writeFile(join(folder, 'reports/secret.png'), 'not a picture')
    await writeFile(join(folder, 'reports/drawing.svg'), '<svg xmlns="x" onload="alert(1)"></svg>')
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('are in it, each once read, and where one is not, the page says why', async () => {
    const text =
      '![one](<figures/a b.png>) ![two](figures/a%20b.png) <img src="/top.png" alt="three">\n' +
      '![gone](figures/gone.png) ![web](https://example.org/a.png) ![text](secret.png) ![svg](drawing.svg)\n' +
      '![out](../../../etc/hostname) ![none]()'
    const findImage = await imageFinder(join(folder, 'reports/README.md'))
    const { html, embedded, lost } = await reportPage(text, { name: 'x', findImage })
    expect(embedded).toEqual(['figures/a b.png', 'figures/a%20b.png', '/top.png', 'drawing.svg'])
    expect(lost.map(({ target, reason }) => [target, reason])).toEqual([
      ['figures/gone.png', 'there is no such file'],
      ['https://example.org/a.png', 'on the web, and this page loads nothing'],
      ['secret.png', 'the file is no image that a browser shows'],
      ['../../../etc/hostname', 'it lies outside of the project'],
      ['', 'there is no such file'],
    ])
    expect(html).toContain('Image not shown: figures/gone.png (gone): there is no such file.')
    expect(html.match(/src="data:image\/png;base64,iVBOR/g)).toHaveLength(3)
    expect(html).not.toContain('onload')
    expect(html).not.toMatch(/src="(?!data:image)/)
  })

  it.skipIf(process.platform === 'win32')(
    'are not read through a link that leads out',
    async () => {
      await symlink(join(fixture, 'figures/loss.png'), join(folder, 'reports/link.png'))
      const findImage = await imageFinder(join(folder, 'reports/README.md'))
      expect(await findImage('link.png')).toEqual({ state: 'outside' })
    },
  )

  it('have a limit each and together', async () => {
    const findImage = await imageFinder(join(folder, 'reports/README.md'))
    const text = '![a](/top.png) ![b](<figures/a b.png>)'
    const { bytes } = (await findImage('/top.png')) as { readonly bytes: number }
    const lostWith = async (limits: { readonly image: number; readonly page: number }) =>
      (await reportPage(text, { name: 'x', findImage, limits })).lost.map(({ reason }) => reason)
    expect(await lostWith({ image: bytes, page: 2 * bytes })).toEqual([])
    expect(await lostWith({ image: bytes, page: 2 * bytes - 1 })).toEqual([
      'the images before it fill the page',
    ])
    expect(await lostWith({ image: bytes - 1, page: 2 * bytes })).toHaveLength(2)
  })
})
