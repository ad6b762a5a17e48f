/** The layout as a test: which folder may import which, doors only, no cycles, no giant files. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { describe, expect, it } from 'vitest'

const SRC = resolve(import.meta.dirname, '../src')
const MAX_LINES = 500

/** Every folder may also import `core`. `cli` and `main` are doors: any domain, never the reverse. */
const DOMAINS = [
  'contracts',
  'statistics',
  'tensor',
  'image',
  'figures',
  'pages',
  'graph',
  'onnx',
  'runtime',
  'nn',
  'config',
  'data',
  'storage',
  'versioning',
  'delivery',
  'bundle',
  'tracking',
  'trackers',
  'training',
  'evaluation',
  'robustness',
  'sweeps',
  'registry',
  'serving',
  'monitoring',
  'http',
  'loadtest',
  'reporting',
  'scaffold',
] as const
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  core: [],
  contracts: [],
  // special functions that sweeps and monitoring both need
  statistics: [],
  tensor: [],
  image: ['tensor', 'contracts'],
  figures: [],
  pages: [],
  graph: ['tensor'],
  onnx: ['graph', 'tensor'],
  runtime: ['onnx', 'graph', 'tensor'],
  nn: ['graph', 'tensor', 'contracts'],
  config: ['contracts'],
  data: ['image', 'figures', 'tensor', 'contracts'],
  // reading a model is the same for training's validation, evaluation and serving: one home for it
  bundle: ['onnx', 'runtime', 'tensor', 'image', 'contracts'],
  storage: [],
  // the cache and a folder as a remote are the same thing, so it copies these itself; clouds are stores
  // pipelines are YAML whose lines errors must name
  versioning: ['config', 'storage', 'contracts'],
  // what both the registry's events and alerts need to reach somebody, once
  delivery: [],
  tracking: ['storage', 'contracts'],
  // the way of runs to other people's trackers: files of theirs, and clients of their servers
  trackers: ['tracking', 'storage', 'onnx', 'contracts'],
  // it receives "run a trial" as a function; sweep files are YAML whose lines errors must name
  sweeps: ['config', 'tracking', 'figures', 'statistics', 'contracts'],
  registry: ['storage', 'delivery', 'pages', 'contracts'],
  // it takes `onPrediction` and the way to a registered model as functions
  serving: ['bundle', 'image', 'tensor', 'contracts'],
  http: ['tracking', 'serving', 'contracts'],
  // a client of any deployment: it knows nothing of how ours answers
  loadtest: ['figures', 'pages'],
  // from the package's files to those of a new project: text, and nothing that runs
  scaffold: [],
  monitoring: ['storage', 'delivery', 'statistics', 'tensor', 'pages', 'contracts'],
  // written reports and what a pull request is told; images it looks at are sniffed as everywhere
  reporting: ['image', 'pages', 'contracts'],
  training: [
    'nn',
    'graph',
    'onnx',
    'runtime',
    'tensor',
    'data',
    'image',
    'bundle',
    'tracking',
    'contracts',
  ],
  evaluation: [
    'runtime',
    'tensor',
    'data',
    'image',
    'bundle',
    'figures',
    'pages',
    'statistics',
    'contracts',
  ],
  robustness: ['evaluation', 'tensor', 'data', 'image', 'bundle', 'figures', 'pages', 'contracts'],
  cli: DOMAINS,
  main: [...DOMAINS, 'cli'],
}

interface Import {
  readonly from: string
  readonly to: string
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => join(SRC, file))
const sources = files.filter((file) => !file.endsWith('.test.ts'))
const imports = sources.flatMap(importsOf)

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8')
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)]
  return specifiers.map(([, specifier]) => ({ from: file, to: resolve(dirname(file), specifier!) }))
}

const folderOf = (file: string) => relative(SRC, file).split(sep)[0]!
const name = (file: string) => relative(SRC, file)

describe('architecture', () => {
  it('finds sources and imports to check', () => {
    expect(sources.length).toBeGreaterThan(10)
    expect(imports.length).toBeGreaterThan(10)
  })

  it('lets a folder import only what the table allows', () => {
    const forbidden = imports
      .filter(({ from, to }) => folderOf(from) !== folderOf(to))
      .filter(
        ({ from, to }) => ![...(ALLOWED[folderOf(from)] ?? []), 'core'].includes(folderOf(to)),
      )
      .map(({ from, to }) => `${name(from)} → ${name(to)}`)
    expect(forbidden).toEqual([])
  })

  it('lets the pages know of the server only the types of its contracts', () => {
    const web = resolve(SRC, '../web/src')
    const outside = readdirSync(web, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file))
      .flatMap((file) => {
        const text = readFileSync(join(web, file), 'utf8')
        const statements = [...text.matchAll(/^(import|export)\b[^']*'([^']+)'/gm)]
        return statements
          .filter(
            ([, , to]) => to!.startsWith('.') && !resolve(web, dirname(file), to!).startsWith(web),
          )
          .map(([statement]) => `${file}: ${statement.replace(/\s+/g, ' ')}`)
      })
    expect(outside.length).toBeGreaterThan(5)
    const allowed = /: import type \{[^}]*\} from '(?:\.\.\/)+src\/contracts\/index\.ts'$/
    expect(outside.filter((line) => !allowed.test(line))).toEqual([])
  })

  it('enters another folder by its door', () => {
    const sideways = imports
      .filter(({ from, to }) => folderOf(from) !== folderOf(to) && !to.endsWith(`${sep}index.ts`))
      .filter(({ from }) => folderOf(from) !== 'main')
      .map(({ from, to }) => `${name(from)} → ${name(to)}`)
    expect(sideways).toEqual([])
  })

  it('keeps doors free of code', () => {
    const doors = sources.filter((file) => file.endsWith(`${sep}index.ts`))
    const withCode = doors.filter((file) => {
      const rest = readFileSync(file, 'utf8').replace(
        /export (?:type )?\{[^}]*\} from '[^']+'/g,
        '',
      )
      return rest.trim() !== ''
    })
    expect(withCode.map(name)).toEqual([])
  })

  it('has no import cycles, type imports included', () => {
    expect(findCycle()).toEqual([])
  })

  it(`keeps files under ${MAX_LINES} lines`, () => {
    const generated = /^(?:onnx|trackers.protocol).generated/
    const long = files
      .filter((file) => !generated.test(name(file)))
      .filter((file) => readFileSync(file, 'utf8').split('\n').length > MAX_LINES)
    expect(long.map(name)).toEqual([])
  })

  it('leaves onnxruntime-node to runtime', () => {
    const importers = files.filter((file) =>
      readFileSync(file, 'utf8').includes("from 'onnxruntime-node'"),
    )
    expect(importers.filter((file) => folderOf(file) !== 'runtime').map(name)).toEqual([])
  })
})

function findCycle(): string[] {
  const edges = new Map<string, string[]>()
  for (const { from, to } of imports) edges.set(from, [...(edges.get(from) ?? []), to])
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file].map(name)
    if (done.has(file)) return []
    for (const next of edges.get(file) ?? []) {
      const cycle = visit(next, [...path, file])
      if (cycle.length > 0) return cycle
    }
    done.add(file)
    return []
  }
  for (const file of sources) {
    const cycle = visit(file, [])
    if (cycle.length > 0) return cycle
  }
  return []
}
