import { basename, relative, resolve } from 'node:path'
import { checkProjectName, dataChoices, projectFiles, writeProject } from '../../scaffold/index.ts'
import { defineCommand } from '../command.ts'
import { type CommandContext, printResult } from '../context.ts'
import { ownVersion } from '../own-version.ts'
import { askData, type DataName, dataNames, usualData } from '../scaffold/ask-data.ts'
import { beginRepository, type RepositoryState } from '../scaffold/begin-repository.ts'

export const initCommand = defineCommand({
  arguments: {
    folder: {
      description: 'Of the new project; its last part is the name. `.` is this folder.',
      required: true,
    },
  },
  options: {
    data: {
      type: 'string',
      description: 'What it begins with. Default: fashion-mnist, or what you answer.',
      short: 'd',
      choices: dataNames,
    },
    yes: { type: 'boolean', description: 'Ask nothing.', short: 'y' },
    noGit: { type: 'boolean', description: 'Make no repository of git and of data versions.' },
    package: {
      type: 'string',
      description: 'What to install as Atelier instead of this version: a tarball or an address.',
      placeholder: 'SPEC',
    },
  },
  overrides: false,
  examples: [
    { command: 'atelier init my-project', does: 'A project on Fashion-MNIST.' },
    { command: 'atelier init my-photos --data folder', does: 'One for your own images.' },
    { command: 'atelier init my-project --data sketch --yes', does: 'Offline, and no questions.' },
  ],
  async run(context, { arguments: { folder }, options }) {
    const root = resolve(context.cwd, folder)
    const name = checkProjectName(basename(root))
    const asks = options.data === undefined && !options.yes && !context.json
    const data =
      (options.data as DataName | undefined) ?? (asks ? await askData(context) : usualData)
    const dependency = options.package ?? `^${await ownVersion(context.packageRoot)}`
    const choice = dataChoices[data]
    const files = await projectFiles(context.packageRoot, { name, data, choice, dependency })
    await writeProject(root, files)
    const repository: RepositoryState = options.noGit
      ? { kind: 'none', reason: '--no-git' }
      : await beginRepository(root, context.env)
    const result = {
      ...{ name, folder: root, data, repository: repository.kind },
      files: files.map(({ path }) => path),
    }
    printResult(context, result, () => doneText(context, root, data, repository, files.length))
  },
})

function doneText(
  { cwd }: CommandContext,
  root: string,
  data: DataName,
  repository: RepositoryState,
  files: number,
): string {
  const place = relative(cwd, root)
  const steps = [
    ...(place === '' ? [] : [`cd ${place}`]),
    ...(repository.kind === 'none' ? ['git init && npx atelier data init'] : []),
    'npm install',
    'npm run doctor',
    ...(data === 'folder' ? ['# put your images into data/raw, one sub-folder per class'] : []),
    'npm run prepare-data',
    'npm run train',
    'npm run evaluate',
    'npm run serve',
  ]
  return [
    `${files} files in ${root}${repositoryText(repository)}.`,
    '\nNext:',
    ...steps.map((step) => `  ${step}`),
    '\nREADME.md tells the rest.',
  ].join('\n')
}

function repositoryText(repository: RepositoryState): string {
  if (repository.kind === 'none') return `, without a repository (${repository.reason})`
  return repository.kind === 'made' ? ', a new git repository' : ', in the git repository around it'
}
