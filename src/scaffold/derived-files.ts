import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProjectChoices, ProjectFile } from './project-file.ts'

/** Folders that a project gets as they are, to change them; tests of ours stay with us. */
const COPIED = ['deploy/prometheus', 'deploy/grafana'] as const
const NOT_COPIED = /\.test\.yml$/
const PICTURE = 'dist/web/samples/bag.png'

type Edit = readonly [from: string, to: string]

/** What a project has of the package's own files: settings, pipeline, dashboards, a picture to try. */
export async function derivedFiles(
  packageRoot: string,
  choices: ProjectChoices,
): Promise<readonly ProjectFile[]> {
  const edited = Object.entries(editsOf(choices)).map(async ([path, edits]) => ({
    path,
    content: edit(path, await readFile(join(packageRoot, path), 'utf8'), edits),
  }))
  const copied = await Promise.all(COPIED.map((folder) => copiesOf(packageRoot, folder)))
  const picture = {
    path: 'test/bag.png',
    content: await readFile(join(packageRoot, PICTURE)),
  }
  return [...(await Promise.all(edited)), ...copied.flat(), picture]
}

/** Each file with what is different in a project. */
function editsOf({
  name,
  data,
  choice,
}: ProjectChoices): Readonly<Record<string, readonly Edit[]>> {
  return {
    'conf/config.yaml': [
      schemaOf('config', '..'),
      ['# The settings of a project. Change', `# The settings of ${name}. Change`],
      ['recipe=original data=sketch', 'recipe=original'],
      ['- data: fashion-mnist', `- data: ${data}`],
      ['project: default', `project: ${name}`],
    ],
    [`conf/data/${data}.yaml`]: [schemaOf('data', '../..'), ...choice.edits],
    'conf/recipe/default.yaml': [schemaOf('config', '../..')],
    'conf/registry/default.yaml': [
      schemaOf('registry', '../..'),
      ['name: classifier', `name: ${name}`],
    ],
    'dvc.yaml': [
      ['; docs/pipelines.md tells how.', '.'],
      ['  # one of conf/data, and where its images are kept; sketch needs no download\n', ''],
      ['- data: fashion-mnist', `- data: ${data}`],
      ['conf/data/fashion-mnist.yaml', `conf/data/${data}.yaml`],
      ...dependencyEdit(choice.depends),
    ],
  }
}

function schemaOf(name: string, up: string): Edit {
  const from = `$schema=${up}/docs/schema/${name}.json`
  return [from, from.replace('docs/', 'node_modules/atelier/docs/')]
}

/** The first stage gets dependencies that the package's own pipeline cannot know. */
function dependencyEdit(paths: readonly string[]): readonly Edit[] {
  if (paths.length === 0) return []
  const next = '    params:\n      - conf/data/'
  return [[next, `    deps:\n${paths.map((path) => `      - ${path}\n`).join('')}${next}`]]
}

function edit(path: string, text: string, edits: readonly Edit[]): string {
  return edits.reduce((before, [from, to]) => {
    if (!before.includes(from)) throw new Error(`${path} does not hold '${from}'`)
    return before.replace(from, () => to)
  }, text)
}

async function copiesOf(packageRoot: string, folder: string): Promise<ProjectFile[]> {
  const entries = await readdir(join(packageRoot, folder), {
    recursive: true,
    withFileTypes: true,
  })
  const files = entries.filter((entry) => entry.isFile() && !NOT_COPIED.test(entry.name))
  return Promise.all(
    files.map(async (entry) => {
      const full = join(entry.parentPath, entry.name)
      const path = full.slice(packageRoot.length + 1).replaceAll('\\', '/')
      return { path, content: await readFile(full) }
    }),
  )
}
