import { versioningError } from '../versioning-error.ts'

/** A value of DVC's configuration: text, or a list where the value had commas outside of quotes. */
export type IniValue = string | readonly string[]

interface IniLine {
  readonly text: string
  /** Lower case; of the section a line is in, also of its header. Empty before the first header. */
  readonly section: string
  readonly kind: 'header' | 'value' | 'other'
  /** Lower case; of a value only. */
  readonly key: string
  readonly value: IniValue
}

/** The lines of an INI file as ConfigObj reads them; changing it keeps comments and order. */
export type IniFile = readonly IniLine[]

const INDENT = '    '

/** Reads an INI file. Throws DVC_CONFIG, naming the line. */
export function parseIni(text: string, path: string): IniFile {
  const lines = text.split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  let section = ''
  return lines.map((line, at) => {
    const other = { text: line, section, kind: 'other', key: '', value: '' } as const
    const trimmed = line.trim()
    if (trimmed === '' || trimmed.startsWith('#')) return other
    const header = /^\[([^[\]](?:[^\]]*[^[\]])?)\]\s*(?:#.*)?$/.exec(trimmed)
    if (header !== null) {
      section = unquote(header[1]!.trim()).toLowerCase()
      return { ...other, section, kind: 'header' }
    }
    const [, quoted, plain, rest] =
      /^(?:(["'].*?["'])|([^=\s][^=]*?))\s*=\s*(.*)$/.exec(trimmed) ?? []
    const key = quoted === undefined ? plain : unquote(quoted)
    const value = rest === undefined ? undefined : parseValue(rest)
    if (key === undefined || value === undefined || section === '')
      throw badLine(path, at + 1, line)
    return { text: line, section, kind: 'value', key: key.toLowerCase(), value }
  })
}

function badLine(path: string, line: number, text: string) {
  return versioningError('DVC_CONFIG', `${path}, line ${line} cannot be read: ${text.trim()}`, {
    hint: 'Write [section] and key = value, as `dvc config` does.',
    data: { path, line },
  })
}

/** All values by section and key; a later one of the same name wins. */
export function iniValues(file: IniFile): ReadonlyMap<string, ReadonlyMap<string, IniValue>> {
  const sections = new Map<string, Map<string, IniValue>>()
  for (const { kind, section, key, value } of file) {
    if (kind === 'other') continue
    const values = sections.get(section) ?? new Map<string, IniValue>()
    sections.set(section, values)
    if (kind === 'value') values.set(key, value)
  }
  return sections
}

/** Sets a value; undefined removes it, and with the last one its section. */
export function setIniValue(
  file: IniFile,
  section: string,
  key: string,
  value: string | undefined,
): IniFile {
  const others = file.filter((line) => !isValue(line, section, key))
  if (value === undefined)
    return isEmptySection(others, section) ? without(others, section) : others
  const line: IniLine = {
    ...{ text: `${INDENT}${key} = ${quoteValue(value)}`, section, kind: 'value', key, value },
  }
  const at = file.findIndex((entry) => isValue(entry, section, key))
  if (at >= 0)
    return [
      ...file.slice(0, at),
      line,
      ...file.slice(at + 1).filter((entry) => !isValue(entry, section, key)),
    ]
  const last = file.findLastIndex((entry) => entry.section === section && entry.kind !== 'other')
  if (last >= 0) return [...file.slice(0, last + 1), line, ...file.slice(last + 1)]
  return [...file, headerLine(section), line]
}

/** Removes a section with all that is in it. */
export function removeIniSection(file: IniFile, section: string): IniFile {
  return without(file, section)
}

/** Gives a section another name. */
export function renameIniSection(file: IniFile, from: string, to: string): IniFile {
  return file.map((line) => {
    if (line.section !== from) return line
    return line.kind === 'header' ? headerLine(to) : { ...line, section: to }
  })
}

export function formatIni(file: IniFile): string {
  return file.map(({ text }) => `${text}\n`).join('')
}

function isValue(line: IniLine, section: string, key: string): boolean {
  return line.kind === 'value' && line.section === section && line.key === key
}

function isEmptySection(file: IniFile, section: string): boolean {
  return !file.some((line) => line.section === section && line.kind === 'value')
}

function without(file: IniFile, section: string): IniFile {
  return file.filter((line) => line.section !== section)
}

function headerLine(section: string): IniLine {
  const name = /["\s]$|^["'\s]|[,#]/.test(section) ? `'${section}'` : section
  return { text: `[${name}]`, section, kind: 'header', key: '', value: '' }
}

function unquote(text: string): string {
  return /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text
}

/** Quotes where ConfigObj does. Throws DVC_CONFIG for what it cannot write either. */
function quoteValue(value: string): string {
  if (value === '') return '""'
  if (/[\r\n]/.test(value) || (value.includes('"') && value.includes("'"))) {
    throw versioningError('DVC_CONFIG', `The value ${JSON.stringify(value)} cannot be written.`, {
      hint: 'A value is one line with at most one kind of quotes.',
    })
  }
  if (!/^[\s"']|[\s"']$|[,#]/.test(value)) return value
  return value.includes('"') ? `'${value}'` : `"${value}"`
}

/** Undefined when quotes are not closed. */
function parseValue(text: string): IniValue | undefined {
  const items: string[] = []
  let rest = text
  let isList = false
  while (rest !== '' && !rest.startsWith('#')) {
    const match = /^(?:"([^"]*)"|'([^']*)'|([^"',#][^,#]*))\s*(,?)\s*/.exec(rest)
    if (match === null) {
      if (!rest.startsWith(',')) return undefined
      isList = true
      rest = rest.slice(1).trimStart()
      continue
    }
    items.push(match[1] ?? match[2] ?? match[3]!.trimEnd())
    rest = rest.slice(match[0].length)
    if (match[4] === ',') isList = true
    else if (rest !== '' && !rest.startsWith('#')) return undefined
  }
  return isList ? items : (items[0] ?? '')
}
