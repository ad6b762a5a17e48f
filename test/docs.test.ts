/** What the documents promise: pages that are made anew, keys and links that are there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commandReference } from '../src/cli/command-reference.ts'
import { commandTable } from '../src/cli/index.ts'
import { composeConfig, configKeys } from '../src/config/index.ts'
import { apiReference } from '../src/http/service/api-reference.ts'
import { documentFiles } from './support/doc-commands.ts'

const root = resolve(import.meta.dirname, '..')
const packageConf = join(root, 'conf')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const composeOptions = { cwd: '/nonexistent', env: {}, packageConf }
const compose = (overrides: readonly string[]) => composeConfig(overrides, composeOptions)

describe('README.md', () => {
  it('describes every recipe', () => {
    const described = [...read('README.md').matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name)
    const files = readdirSync(join(packageConf, 'recipe')).map((file) => file.replace('.yaml', ''))
    expect(described.sort()).toEqual(files.sort())
  })
})

describe('links', () => {
  it.each(documentFiles)('of %s lead to files that exist', (file) => {
    const links = [...read(file).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link]) => link!)
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

describe('generated pages', () => {
  it('docs/cli.md is what the commands say of themselves (rewrite it with `npx vitest run test/docs.test.ts -u`)', async () => {
    await expect(await commandReference(commandTable)).toMatchFileSnapshot('../docs/cli.md')
  })

  it('docs/http.md is what the service says of itself (rewrite it with `npx vitest run test/docs.test.ts -u`)', async () => {
    await expect(apiReference()).toMatchFileSnapshot('../docs/http.md')
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

const CONFIG_INTRO = `# Configuration

Settings are files in \`conf/\` and overrides on the command line, composed as [Hydra](https://hydra.cc) 1.3 does it. What
comes out is checked against one schema; the keys are at the end of this page. A \`conf/\` folder of your own hides the
packaged one file by file.

## Overrides

- \`key=value\` changes a setting, \`+key=value\` adds one, \`++key=value\` does either, \`~key\` deletes one.
- \`data=sketch\`, \`recipe=original\`, \`optimizer=sgd\` take a file of settings from \`conf/data\`, \`conf/recipe\`,
  \`conf/optimizer\`; \`+experiment=smoke\` adds a group that the defaults do not have. \`atelier config --groups\` lists them.
  A chosen \`model\`, \`optimizer\`, \`schedule\`, \`augmentation\` or \`tracking\` goes over the recipe, and an override over both.
- Values are typed as YAML writes them: \`1e-3\`, \`true\`, \`null\`, \`[1,2]\`, \`{a: 1}\`; quotes make a text: \`"key='a,b'"\`.
  \`int(…)\`, \`float(…)\`, \`str(…)\`, \`bool(…)\`, \`json_str(…)\` convert; \`extend_list(a,b)\` adds to the end of a list.
- \`\${a.b}\` takes another key's value, \`\${.b}\` that of a neighbour. There are \`oc.env\`, \`oc.decode\`, \`oc.select\`, \`oc.create\`,
  \`oc.deprecated\`, \`oc.dict.keys\`, \`oc.dict.values\`, \`now\` and \`hydra\`: \`\${oc.env:NAME,default}\`, \`\${hydra:job.num}\`.

## Several runs

\`atelier train -m seed=1,2 model=cnn,mlp\` trains every combination, the last key varying fastest, one after the other, and
ends with a table. Values may also be \`choice(a,b)\`, \`range(start,stop,step)\` and, for a group, \`glob(*,exclude=x)\`, with
\`sort(…)\` and \`shuffle(…)\` around them. Every configuration is checked before the first job; a job that fails does not
stop the others, and the exit code is 1; Ctrl-C stops all. \`models/\` receives the model of the last one. A configuration
may ask for it itself: \`hydra: {mode: MULTIRUN, sweeper: {params: {seed: "1,2,3"}}}\`.

## Looking at it

- \`atelier config\` shows the resolved, checked configuration; \`--provenance\` the file and line, or the override, that set each
  value. Every run keeps both: \`config.yaml\`, \`overrides.yaml\`, \`provenance.json\`.
- \`--cfg job|hydra|all\` on any command prints what is composed, unchecked, \`--resolve\` without references, \`--package KEY\` a part.
- \`--info defaults|defaults-tree|config|searchpath|all\` shows which files are merged, where they go, and where they were found.
- \`-cn NAME\` starts from another file than \`config\`, \`-cp DIR\` takes another folder for \`conf/\`, \`-cd DIR\` looks in one more.

Editors complete and check the files by \`docs/schema/*.json\`: \`# yaml-language-server: $schema=…/docs/schema/config.json\`, below
the \`# @package\` line.

## Where it differs from Hydra

| Hydra 1.3 | here | why |
|---|---|---|
| \`hydra.run.dir\`, \`hydra.sweep.dir\` and other settings | refused; there are \`hydra.mode\`, \`hydra.sweeper.params\` and \`hydra.job.name\` | Runs are folders of one place, \`paths.runs\`, so that they can be listed and compared. |
| plugins, structured configs, \`--experimental-rerun\`, \`python_version\` | refused | There is no Python; \`atelier runs reproduce\` repeats a run. |
| \`-cp\` leaves only that folder | the packaged folder stays behind it | A folder of one file is enough. |
| a \`# @package\` line below a comment is passed over in silence | refused, with file and line | Its values would go elsewhere, unnoticed. |
| keys that are numbers or \`true\` keep that type, and references do not find them | keys are texts | \`\${classes.1}\` means what it says. |
| whole numbers of any size | exact up to 2^53 | No setting takes a larger one. |
| \`json_str\` and \`extend_list\` come with the next version | are there | They have no other meaning now. |
| a sweep inside a list or map is found out when it is used | refused at once, with the place | It can only be a mistake. |

## Keys

The defaults are those of a plain \`atelier train\`; a key without one belongs to another \`data=\` choice.

| key | type | default | meaning |
|---|---|---|---|
`
