import { defaultsTree, listDefaults, searchPath, showConfig } from '../config/index.ts'
import type { ConfigQuestion } from './config-options.ts'
import { type CommandContext, printResult } from './context.ts'
import { composeOptions } from './load-config.ts'
import { formatTable } from './table.ts'

/** Prints what `--cfg` or `--info` ask for. */
export async function answerConfigQuestion(
  context: CommandContext,
  question: ConfigQuestion,
  overrides: readonly string[],
): Promise<void> {
  const options = composeOptions(context)
  if (question.cfg !== undefined) {
    const { package: pkg, resolve, cfg: part } = question
    const { value, yaml } = await showConfig(overrides, options, { part, package: pkg, resolve })
    printResult(context, value, () => yaml)
    return
  }
  const parts = question.info === 'all' ? PARTS : [question.info as keyof typeof SECTIONS]
  const sections: Section[] = []
  for (const part of parts) sections.push(await SECTIONS[part](context, overrides))
  const value = Object.fromEntries(sections.map((section, i) => [parts[i], section.value]))
  printResult(context, sections.length === 1 ? sections[0]!.value : value, () =>
    sections
      .map(({ title, text }) => `${title}\n${'*'.repeat(title.length)}\n${text}`)
      .join('\n\n'),
  )
}

interface Section {
  readonly title: string
  readonly value: unknown
  readonly text: string
}

type SectionMaker = (context: CommandContext, overrides: readonly string[]) => Promise<Section>

const PARTS = ['searchpath', 'defaults', 'defaults-tree', 'config'] as const

const SECTIONS: Readonly<Record<(typeof PARTS)[number], SectionMaker>> = {
  searchpath: async (context) => {
    const value = searchPath(composeOptions(context))
    const columns = [{ title: 'Provider' }, { title: 'Search path' }]
    const rows = value.map(({ provider, folder }) => [provider, folder])
    return { title: 'Config search path', value, text: formatTable(columns, rows) }
  },
  defaults: async (context, overrides) => {
    const value = await listDefaults(overrides, composeOptions(context))
    const titles = ['Config path', 'Package', '_self_', 'Parent']
    const rows = value.map(({ path, package: pkg, self, parent }) => [
      path,
      pkg,
      self ? 'True' : 'False',
      parent ?? '<root>',
    ])
    const columns = titles.map((title) => ({ title }))
    return { title: 'Defaults List', value, text: formatTable(columns, rows) }
  },
  'defaults-tree': async (context, overrides) => {
    const text = await defaultsTree(overrides, composeOptions(context))
    return { title: 'Defaults Tree', value: text.split('\n'), text }
  },
  config: async (context, overrides) => {
    const options = composeOptions(context)
    const { value, yaml } = await showConfig(overrides, options, { part: 'job', resolve: false })
    return { title: 'Config', value, text: yaml.trimEnd() }
  },
}
