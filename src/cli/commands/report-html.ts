import { basename, extname, relative, resolve } from 'node:path'
import { AtelierError, writeFileAtomic } from '../../core/index.ts'
import { imageFinder, reportPage } from '../../reporting/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { readReport, reportArgument } from '../report/read-report.ts'
import { formatBytes } from '../run-cells.ts'

export const reportHtmlCommand = defineCommand({
  arguments: { file: reportArgument },
  options: {
    output: {
      type: 'string',
      description: 'The page; beside the report and called as it when left out.',
      short: 'o',
      placeholder: 'FILE',
    },
  },
  overrides: false,
  examples: [
    { command: 'atelier report html', does: 'reports/README.md becomes reports/README.html.' },
    {
      command: 'atelier report html notes.md -o public/notes.html',
      does: 'Any Markdown, anywhere.',
    },
  ],
  async run(context, { arguments: { file }, options: { output } }) {
    const { path, name, text } = await readReport(context.cwd, file)
    const target = outputOf(context.cwd, path, output)
    const page = await reportPage(text, {
      name: basename(path),
      findImage: await imageFinder(path),
    })
    await writeFileAtomic(target, page.html)
    const { embedded, lost } = page
    for (const image of lost) context.logger.warn(`${name}: ${image.target}: ${image.reason}`)
    const bytes = Buffer.byteLength(page.html)
    printResult(context, { report: name, page: target, bytes, embedded, lost }, () => {
      const without = lost.length === 0 ? '' : `, ${lost.length} not shown`
      const images = `${embedded.length} ${embedded.length === 1 ? 'image' : 'images'} in it${without}`
      return `Wrote ${relative(context.cwd, target)}: ${formatBytes(bytes)}, ${images}.`
    })
  },
})

function outputOf(cwd: string, report: string, output: string | undefined): string {
  const beside = `${report.slice(0, report.length - extname(report).length)}.html`
  const target = output === undefined ? beside : resolve(cwd, output)
  if (target !== report) return target
  throw new AtelierError('USAGE', `The page would take the place of the report ${report}.`, {
    hint: 'Name another file with -o.',
  })
}
