/**
 * What the google provider of Terraform takes, read from the types that the CDK for Terraform makes of
 * the provider's own schema. Without the provider itself, which only its registry has.
 */
import { existsSync, readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { runTool } from './dev-tools.ts'

const PACKAGE = '@cdktf/provider-google@16'
const CACHE = process.env['ATELIER_CI_CACHE'] ?? join(homedir(), '.cache/atelier-ci')
/** Terraform's own. */
const META = ['count', 'forEach', 'dependsOn', 'lifecycle', 'provider']

interface Property {
  readonly required: boolean
  readonly type: string
}
type Types = ReadonlyMap<string, ReadonlyMap<string, Property>>

/** Fetches the package once, and gives the folder of its types. */
export async function providerTypes(): Promise<string> {
  const folder = join(CACHE, 'terraform-google')
  const types = join(folder, 'package/lib')
  if (existsSync(types)) return types
  await mkdir(folder, { recursive: true })
  const packed = await runTool('npm', ['pack', '--silent', PACKAGE], { cwd: folder })
  if (packed.code !== 0) throw new Error(packed.stderr)
  const untarred = await runTool('tar', ['-xzf', packed.stdout.trim()], { cwd: folder })
  if (untarred.code !== 0) throw new Error(untarred.stderr)
  return types
}

/** What is wrong with the body of a resource, as paths. */
export function resourceProblems(types: string, resource: string, body: object): string[] {
  const file = join(types, resource.replace(/^google_/, '').replaceAll('_', '-'), 'index.d.ts')
  if (!existsSync(file)) return [`${resource}: there is no such resource`]
  const interfaces = interfacesOf(readFileSync(file, 'utf8'))
  const root = [...interfaces.keys()].find((name) => name.endsWith('Config'))!
  return blockProblems(interfaces, root, body, resource)
}

function interfacesOf(text: string): Types {
  const blocks = text.matchAll(/export interface (\w+)[^{]*\{([\s\S]*?)\n\}/g)
  return new Map(
    [...blocks].map(([, name, inside]) => {
      const properties = inside!.matchAll(/readonly (\w+)(\??): ([^;]+);/g)
      const entries = [...properties].map(
        ([, key, optional, type]) => [key!, { required: optional === '', type: type! }] as const,
      )
      return [name!, new Map(entries)]
    }),
  )
}

function blockProblems(types: Types, name: string, body: object, path: string): string[] {
  const known = types.get(name)!
  const given = Object.entries(body).map(([key, value]) => [camel(key), value] as const)
  const missing = [...known]
    .filter(([key, { required }]) => required && !given.some(([one]) => one === key))
    .map(([key]) => `${path}: ${key} is missing`)
  const wrong = given.flatMap(([key, value]) => {
    const property = known.get(key)
    if (property === undefined) return META.includes(key) ? [] : [`${path}.${key} is unknown`]
    const inner = /^\w+/.exec(property.type)?.[0] ?? ''
    if (!types.has(inner)) return []
    const blocks = (Array.isArray(value) ? value : [value]).filter(
      (block): block is object => typeof block === 'object',
    )
    return blocks.flatMap((block) => blockProblems(types, inner, block, `${path}.${key}`))
  })
  return [...missing, ...wrong]
}

const camel = (key: string) =>
  key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
