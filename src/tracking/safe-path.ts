/**
 * Whether a path names a file inside a folder on every system: relative, with forward slashes,
 * without `..`, `.`, backslash, drive or control characters, and no hidden file.
 */
export function isSafePath(path: string): boolean {
  return path
    .split('/')
    .every((part) => /^[^.\\:\p{Cc}][^\\:\p{Cc}]*$/u.test(part) && !/[. ]$/.test(part))
}
