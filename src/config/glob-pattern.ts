/** Whether a name fits a pattern of `*`, `?`, `[abc]` and `[!abc]`, as Python's fnmatch has them. */
export function matchesGlob(name: string, pattern: string): boolean {
  const parts = pattern.match(/\[!?\]?[^\]]*\]|[\s\S]/g) ?? []
  const source = parts.map((part) => {
    if (part === '*') return '[\\s\\S]*'
    if (part === '?') return '[\\s\\S]'
    if (part.length === 1) return part.replace(/[\\^$.*+?()[\]{}|]/, '\\$&')
    const inside = part.slice(1, -1).replace(/[\\\][^]/g, '\\$&')
    return inside.startsWith('!') ? `[^${inside.slice(1)}]` : `[${inside}]`
  })
  return new RegExp(`^${source.join('')}$`).test(name)
}
