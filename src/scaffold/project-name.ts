import { AtelierError } from '../core/index.ts'

const LONGEST = 50
const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/
/** The package itself, what a project depends on, and what npm or Windows keep for themselves. */
const TAKEN = /^(?:atelier|lefthook|node|npm|test|con|prn|aux|nul|com\d|lpt\d)$/

/**
 * A name that a package, a registered model, an image of a container and a folder can all have.
 * Throws USAGE.
 */
export function checkProjectName(name: string): string {
  if (NAME.test(name) && name.length <= LONGEST && !TAKEN.test(name)) return name
  const reason = TAKEN.test(name) ? 'is the name of something else' : 'is not the name of a project'
  throw new AtelierError('USAGE', `'${name}' ${reason}.`, {
    hint: `Small letters, digits and single hyphens, a letter first, at most ${LONGEST}: ${suggestion(name)}`,
    data: { name },
  })
}

/** The same in letters that are allowed, as far as there are any. */
function suggestion(name: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[-\d]+|-+$/g, '')
    .slice(0, LONGEST)
    .replace(/-$/, '')
  return NAME.test(plain) && !TAKEN.test(plain) ? plain : 'my-project'
}
