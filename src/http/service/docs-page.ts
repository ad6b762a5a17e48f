import { type Operation, operations } from './openapi.ts'

/** The documentation as one page that loads nothing and runs nothing. */
export function docsPage(version: string): string {
  const all = operations()
  const tags = [...new Set(all.map(({ tag }) => tag))]
  const sections = tags.map((tag) => {
    const own = all.filter((operation) => operation.tag === tag)
    return `<h2>${escapeHtml(tag)}</h2>\n${own.map(operationHtml).join('\n')}`
  })
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Atelier inference service</title>
<link rel="stylesheet" href="docs.css">
</head>
<body>
<h1>Atelier inference service <small>${escapeHtml(version)}</small></h1>
<p>The same as a machine reads it: <a href="openapi.json">openapi.json</a>.
Errors are <code>{"detail", "code"}</code>. A picture is a PNG, JPEG, WebP, GIF or TIFF file.</p>
<pre>curl -F file=@shoe.png HOST/predict
curl --data-binary @shoe.png -H 'content-type: image/png' HOST/predict</pre>
${sections.join('\n')}
</body>
</html>
`
}

function operationHtml({ method, path, summary, access, query, body, answer }: Operation): string {
  const rights = { open: '', predict: 'may need the token', token: 'needs the token' }[access]
  return `<details>
<summary><b class="${method}">${method.toUpperCase()}</b> <code>${escapeHtml(path)}</code> ${escapeHtml(summary)}${rights === '' ? '' : ` <i>${rights}</i>`}</summary>
${query === undefined ? '' : contentHtml('Query', query)}
${body === undefined ? '' : contentHtml('Body', body)}
${contentHtml('Answer', answer)}
</details>`
}

function contentHtml(title: string, content: Readonly<Record<string, object | string>>): string {
  const parts = Object.entries(content).map(([name, schema]) => {
    const text =
      typeof schema === 'string' ? schema : JSON.stringify(withoutDialect(schema), null, 2)
    return `<dt><code>${escapeHtml(name)}</code></dt><dd><pre>${escapeHtml(text)}</pre></dd>`
  })
  return `<h3>${title}</h3><dl>${parts.join('')}</dl>`
}

function withoutDialect(schema: object): object {
  const { $schema: _, ...rest } = schema as { readonly $schema?: string }
  return rest
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

export const DOCS_CSS = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 small { font-weight: normal; opacity: 0.6 }
h3 { margin: 0.75rem 0 0; font-size: 1rem }
summary { padding: 0.4rem 0; cursor: pointer }
summary b { display: inline-block; min-width: 3.2rem }
summary i { opacity: 0.7 }
details { border-top: 1px solid #8884; padding-left: 0.5rem }
pre { overflow: auto; padding: 0.6rem; background: #8882; border-radius: 4px; font-size: 0.85rem }
dd { margin: 0.2rem 0 0.6rem }
.post { color: #1a7f37 }
.get { color: #0969da }
@media (prefers-color-scheme: dark) { .post { color: #57ab5a } .get { color: #539bf5 } }
`
