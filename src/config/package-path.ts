/** The group a config belongs to: `data` for `data/sketch`, '' at the root. */
export function groupOf(name: string): string {
  const slash = name.lastIndexOf('/')
  return slash < 0 ? '' : name.slice(0, slash)
}

/** A path of a defaults list, which is relative to the group of its file unless it starts with `/`. */
export function joinGroup(group: string, path: string): string {
  if (path.startsWith('/')) return path.slice(1)
  return group === '' ? path : `${group}/${path}`
}

interface PackageRequest {
  /** From `group@package`. */
  readonly written: string | undefined
  /** From the file's `# @package` line. */
  readonly header: string | undefined
  readonly group: string
  readonly parent: { readonly name: string; readonly package: string }
}

/**
 * Where a file's content goes. `@package` of the defaults list beats the header, which beats the
 * group's own path; all are relative to the parent's package except those that begin at `_global_`.
 */
export function finalPackage({ written, header, group, parent }: PackageRequest): string {
  const name = written ?? header ?? ownPackage(group, parent.name)
  if (name === '_global_') return ''
  if (name.startsWith('_global_.')) return name.slice('_global_.'.length)
  const relative = name === '_here_' ? '' : name.replace(/^_here_\./, '')
  return [parent.package, relative].filter((part) => part !== '').join('.')
}

/** The group's path seen from the parent's group: `server/db` inside `server/apache` is `db`. */
function ownPackage(group: string, parentName: string): string {
  const parentGroup = groupOf(parentName)
  const inside = parentGroup !== '' && group.startsWith(`${parentGroup}/`)
  const below = inside ? group.slice(parentGroup.length + 1) : group === parentGroup ? '' : group
  return below.replaceAll('/', '.')
}
