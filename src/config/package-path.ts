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
  /** The full path of the group. */
  readonly group: string
  /** The group as the defaults list names it. */
  readonly relative: string
  /** The package of the file that lists it. */
  readonly parent: string
}

/**
 * Where a file's content goes: `@package` of the defaults list beats the header, which beats the
 * group's path as written. All but the header are relative to the package of the listing file, unless
 * they begin at `_global_`.
 */
export function finalPackage({ written, header, group, relative, parent }: PackageRequest): string {
  const own = relative.replace(/^\//, '').replaceAll('/', '.')
  const name = writtenPackage(written, group) ?? headerPackage(header) ?? own
  const whole = [parent, name].filter((part) => part !== '').join('.')
  const root = whole.lastIndexOf('_global_')
  return root < 0 ? whole : whole.slice(root + '_global_.'.length)
}

function writtenPackage(written: string | undefined, group: string): string | undefined {
  if (written === '_here_') return ''
  if (!written?.includes('_group_')) return written
  return `_global_.${written.replace('_group_', group.replaceAll('/', '.'))}`
}

/** A header says where in the whole configuration, wherever the file is listed. */
function headerPackage(header: string | undefined): string | undefined {
  if (header === undefined || header === '_global_' || header.startsWith('_global_.')) return header
  return `_global_.${header}`
}

/** How an override names a group: `db`, or `db@backup` where it does not go to its own path. */
export function overrideKey(group: string, pkg: string): string {
  if (pkg === group.replaceAll('/', '.')) return group
  return `${group}@${pkg === '' ? '_global_' : pkg}`
}
