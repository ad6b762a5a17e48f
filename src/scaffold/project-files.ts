import { readdir, readFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { derivedFiles } from './derived-files.ts'
import type { ProjectChoices, ProjectFile } from './project-file.ts'

const TEMPLATES = 'templates/project'
const PLACEHOLDER = /__[A-Z][A-Z_]*__/

/**
 * All files of a new project, sorted by path: the templates with their placeholders replaced, and
 * what is taken from the package's own files. Nothing is written.
 */
export async function projectFiles(
  packageRoot: string,
  choices: ProjectChoices,
): Promise<readonly ProjectFile[]> {
  const folder = join(packageRoot, TEMPLATES)
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
  const templates = await Promise.all(
    paths.map(async (path) => ({
      path: projectPath(path),
      content: fillIn(await readFile(join(folder, path), 'utf8'), choices),
    })),
  )
  const all = [...templates, ...(await derivedFiles(packageRoot, choices))]
  return all.toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

/** npm leaves `.gitignore` and `.npmrc` out of packages, so templates have `_` where a project has a dot. */
function projectPath(path: string): string {
  return path
    .split(sep)
    .map((part) => part.replace(/^_/, '.'))
    .join('/')
}

function fillIn(text: string, { name, dependency, choice }: ProjectChoices): string {
  const values: Readonly<Record<string, string>> = {
    __PROJECT__: name,
    __ATELIER__: dependency,
    __SOURCE__: choice.source,
    __DATA_TEXT__: choice.text,
    __VERSION_TEXT__: choice.versions,
  }
  return text.replaceAll(new RegExp(PLACEHOLDER, 'g'), (found) => {
    const value = values[found]
    if (value === undefined) throw new Error(`a template holds ${found}, which nothing replaces`)
    return value
  })
}
