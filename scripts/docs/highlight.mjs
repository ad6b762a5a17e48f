/** Colours for code: enough to tell comments, texts and names apart, by one expression for each language. */
const STRING = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/
const NUMBER = /(?<![\w.-])-?\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?\b/
const KEYWORD =
  /\b(?:import|from|export|const|let|function|return|await|async|for|of|if|else|new|type|interface|true|false|null|undefined)\b/
const HASH_COMMENT = /(?<=^|\s)#.*/

const sh = {
  comment: HASH_COMMENT,
  string: STRING,
  name: /(?<=^|\| |&& |\$\()(?:[A-Z_]+=\S+ )*[a-z][\w./-]*(?= |$)/,
  variable: /\$\{?\w+\}?/,
  option: /(?<=\s)--?[a-zA-Z][\w-]*/,
}
const yaml = {
  comment: HASH_COMMENT,
  name: /(?<=^\s*(?:- )?|[{,] ?)["']?[\w./$-]+["']?(?=:(?:\s|$))/,
  string: STRING,
  number: NUMBER,
}
const js = {
  comment: /\/\/.*|\/\*[\s\S]*?\*\//,
  string: /`[^`]*`|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/,
  name: KEYWORD,
  number: NUMBER,
}
const json = { name: /"(?:[^"\\]|\\.)*"(?=\s*:)/, string: STRING, number: NUMBER }
const py = {
  comment: HASH_COMMENT,
  string: STRING,
  name: /\b(?:import|from|def|return|with|as|for|in|if|else|None|True|False)\b/,
  number: NUMBER,
}

const languages = { sh, bash: sh, yaml, yml: yaml, js, mjs: js, ts: js, json, py, python: py }
const expressions = Object.fromEntries(
  Object.entries(languages).map(([name, rules]) => [
    name,
    new RegExp(
      Object.entries(rules)
        .map(([kind, { source }]) => `(?<${kind}>${source})`)
        .join('|'),
      'gm',
    ),
  ]),
)

export function escapeHtml(text) {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

/** Code as HTML; of an unknown language without colours. */
export function highlight(code, language) {
  const expression = expressions[language]
  if (expression === undefined) return escapeHtml(code)
  const parts = []
  let end = 0
  for (const match of code.matchAll(expression)) {
    const kind = Object.keys(match.groups).find((name) => match.groups[name] !== undefined)
    parts.push(escapeHtml(code.slice(end, match.index)))
    parts.push(`<span class="${kind}">${escapeHtml(match[0])}</span>`)
    end = match.index + match[0].length
  }
  return [...parts, escapeHtml(code.slice(end))].join('')
}
