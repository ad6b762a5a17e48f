/** What the documents promise: commands that parse, keys that exist, scripts and links that are there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findCommand } from '../src/cli/find-command.ts'
import { commandTable } from '../src/cli/index.ts'
import { parseOptions } from '../src/cli/option-parser.ts'
import { readPositionals } from '../src/cli/positionals.ts'
import { composeConfig, configKeys } from '../src/config/index.ts'

const root = resolve(import.meta.dirname, '..')
const packageConf = join(root, 'conf')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const compose = (overrides: readonly string[]) =>
  composeConfig(overrides, { cwd: '/nonexistent', env: {}, packageConf })

const commandLines = [...read('README.md').matchAll(/```sh\n([\s\S]*?)```/g)]
  .flatMap(([, block]) => block!.split('\n'))
  .map((line) => line.replace(/\s+#.*$/, '').trim())
  .filter((line) => line !== '')

/** Words of a line with simple quotes, as a shell cuts it. */
const shellWords = (line: string) =>
  [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c!)

describe('README.md', () => {
  it('shows commands', () => {
    expect(commandLines.length).toBeGreaterThan(10)
  })

  it.each(commandLines.filter((line) => line.startsWith('atelier ')))('%s', async (line) => {
    const target = findCommand(commandTable, shellWords(line).slice(1))
    if (target.kind !== 'command') throw new Error(`names no command: ${target.kind}`)
    const command = await target.entry.load()
    const { words } = parseOptions(target.entry, command, target.rest)
    const { overrides } = readPositionals(command, words)
    await compose(overrides)
  })

  it.each(commandLines.filter((line) => line.startsWith('npm ')))('%s', (line) => {
    const script = line.replace(/^npm (?:run )?/, '').split(' ')[0]!
    expect(Object.keys(JSON.parse(read('package.json')).scripts)).toContain(script)
  })

  it('describes every recipe', () => {
    const described = [...read('README.md').matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name)
    const files = readdirSync(join(packageConf, 'recipe')).map((file) => file.replace('.yaml', ''))
    expect(described.sort()).toEqual(files.sort())
  })
})

describe('links', () => {
  it.each(['README.md', 'docs/architecture.md'])('of %s lead to files that exist', (file) => {
    const links = [...read(file).matchAll(/\]\(([^)#:]+)\)/g)].map(([, link]) => link!)
    expect(links.filter((link) => !existsSync(join(root, dirname(file), link)))).toEqual([])
  })
})

describe('docs/architecture.md', () => {
  it('has the import table that the architecture test enforces', () => {
    const rows = [...read('docs/architecture.md').matchAll(/^\| `(\w+)` \|[^|]*\|([^|]*)\|$/gm)]
    const row = (folder: string, imports: string) =>
      `${folder}: ${(imports.match(/\w+/g) ?? []).sort().join(', ')}`
    const documented = rows.map(([, folder, imports]) => row(folder!, imports!))
    const table = /ALLOWED[^=]*= \{([\s\S]*?)\n\}/.exec(read('test/architecture.test.ts'))![1]!
    const enforced = [...table.matchAll(/^ {2}(\w+): \[([^\]]*)\],$/gm)]
      .filter(([, folder]) => folder !== 'main')
      .map(([, folder, imports]) => row(folder!, imports!))
    expect(documented.filter((row) => !/^(?:cli|main): /.test(row)).sort()).toEqual(enforced.sort())
  })
})

describe('docs/config.md', () => {
  it('lists every key with its type, default and meaning (rewrite it with `npx vitest run test/docs.test.ts -u`)', async () => {
    const { provenance } = await compose([])
    const cell = (text: string) => text.replaceAll('|', '\\|')
    const rows = configKeys().map(({ key, type, description }) => {
      const value = provenance.find((setting) => setting.key === key)?.value
      const shown = value === undefined ? '' : `\`${JSON.stringify(value)}\``
      return `| \`${key}\` | ${cell(type)} | ${shown.length > 42 ? '…' : cell(shown)} | ${cell(description)} |`
    })
    await expect(`${CONFIG_INTRO}${rows.join('\n')}\n`).toMatchFileSnapshot('../docs/config.md')
  })
})

const CONFIG_INTRO = `# Configuration keys

Every setting of a command, straight from the schema in \`src/contracts/config.ts\`. The defaults are those of a plain
\`atelier train\`; a key without one belongs to another \`data=\` choice. \`atelier config --provenance\` shows the values in
force and what set them.

- \`key=value\` changes a setting, \`+key=value\` adds one, \`~key\` deletes one.
- \`data=sketch\`, \`recipe=original\` take a file of settings from \`conf/data\`, \`conf/recipe\`; \`+group=option\` adds a group.
- Values are typed as YAML writes them: \`1e-3\`, \`true\`, \`null\`, \`[1,2]\`, \`{a: 1}\`; quotes make a text: \`"key='a,b'"\`.
- \`\${a.b}\` takes another key's value, \`\${oc.env:NAME,default}\` an environment variable's.

| key | type | default | meaning |
|---|---|---|---|
`
