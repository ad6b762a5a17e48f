import { relative } from 'node:path'
import { initRepository } from '../../versioning/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'

export const dataInitCommand = defineCommand({
  arguments: {},
  options: {
    noScm: { type: 'boolean', description: 'Does without git.' },
    subdir: { type: 'boolean', description: "Also below the root of git's repository." },
  },
  overrides: false,
  examples: [
    { command: 'atelier data init', does: 'Versions data beside the code in git.' },
    { command: 'atelier data init --no-scm', does: 'The same without git.' },
  ],
  async run(context, { options: { noScm, subdir } }) {
    const { cwd } = context
    const made = await initRepository(cwd, { noGit: noScm, subfolder: subdir })
    printResult(context, made, () => {
      const files = made.files.map((file) => relative(cwd, file)).join(' ')
      return `Data versions begin in ${made.root}.${noScm ? '' : `\nFor git: git add ${files}`}`
    })
  },
})
