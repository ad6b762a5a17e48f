import { describe, expect, it } from 'vitest'
import { formatModelUri, parseModelUri } from './model-uri.ts'
import { checkActor, checkAlias, checkModelName, checkTag, checkText } from './names.ts'

const INVALID = expect.objectContaining({ code: 'REGISTRY_NAME_INVALID' })
/** What no name may be, wherever it is used. */
const HOSTILE = [
  ...['', ' ', '.', '..', '../x', 'a/../b', 'a/b', '/etc/passwd', 'a\\b', '\\\\host\\share', 'C:x'],
  ...[
    '%2e%2e',
    'a%2fb',
    '%252e',
    'a#b',
    'a?b',
    'a\0b',
    'a\nb',
    'a b',
    '-rf',
    '.hidden',
    '_x',
    'a..b',
  ],
  ...[
    'a.',
    '$(id)',
    '`id`',
    "a'b",
    'a"b',
    '<b>',
    'a;b',
    'a|b',
    'ä',
    'а',
    '１',
    '__proto__',
    '3',
    '9a',
  ],
  ...[`a${'b'.repeat(64)}`, 'a@b', 'a:b', '*', '~', 'a\u202eb'],
]

describe('names', () => {
  it.each(HOSTILE)('%j is no name of a model or an alias', (name) => {
    expect(() => checkModelName(name)).toThrow(INVALID)
    expect(() => checkAlias(name)).toThrow(INVALID)
  })

  it.each(['a', 'classifier', 'Shoes-2', 'v1.2-rc_3', 'constructor', 'b'.repeat(64)])(
    '%s is a name',
    (name) => {
      expect(checkModelName(name)).toBe(name)
      expect(checkAlias(name)).toBe(name)
    },
  )

  it.each(['latest', 'Latest', 'v3', 'V12'])('%s is no alias', (alias) => {
    expect(() => checkAlias(alias)).toThrow(INVALID)
    expect(checkModelName(alias)).toBe(alias)
  })

  it('lets tags hold a little more, and texts lines', () => {
    expect(checkTag('team: shoes/2026 + a@b')).toBe('team: shoes/2026 + a@b')
    for (const tag of ['', ' a', 'a  b', '<b>', 'a\nb', 'x'.repeat(101), 'a,b']) {
      expect(() => checkTag(tag)).toThrow(INVALID)
    }
    expect(checkText('reason', ' two\nlines\t😀 ')).toBe('two\nlines\t😀')
    for (const text of ['\0', '\u001b[2J', '\r', '\u0085', '\ud83d', 'x'.repeat(4001)]) {
      expect(() => checkText('reason', `a${text}b`)).toThrow(INVALID)
    }
    expect(checkActor('Ada <ada@example.org>')).toBe('Ada <ada@example.org>')
    for (const actor of ['', ' ', 'a\nb', 'x'.repeat(201)]) {
      expect(() => checkActor(actor)).toThrow(INVALID)
    }
  })
})

describe('parseModelUri', () => {
  it.each([
    ['models:/classifier', { name: 'classifier' }],
    ['models:/classifier/3', { name: 'classifier', version: 3 }],
    ['models:/classifier@production', { name: 'classifier', alias: 'production' }],
  ] as const)('reads %s, and writes it', (uri, reference) => {
    expect(parseModelUri(uri)).toEqual(reference)
    expect(formatModelUri(reference)).toBe(uri)
  })

  it.each([
    ...HOSTILE.filter((name) => !['a/b', 'a@b'].includes(name)).map((name) => `models:/${name}`),
    ...[
      'models:/a/b',
      'models:/a/0',
      'models:/a/-1',
      'models:/a/1.5',
      'models:/a/01',
      'models:/a/1e3',
    ],
    ...[
      'models:/a/3/',
      'models:/a/3/../4',
      'models:/a/3@x',
      'models:/a@x/3',
      'models:/a@',
      'models:/a/',
    ],
    ...['models:/a@latest', 'models:/a@v3', 'models:/a@../x', 'models:/a/9999999999999999'],
    ...[
      'models://a/3',
      'model:/a',
      'MODELS:/a',
      'a/3',
      'file:///etc/passwd',
      'models:a',
      '/models:/a',
    ],
  ])('refuses %j', (uri) => {
    expect(() => parseModelUri(uri)).toThrow(INVALID)
  })
})
