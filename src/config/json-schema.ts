import { z } from 'zod'
import { projectConfigSchema } from '../contracts/index.ts'

/** A JSON Schema as far as it is handled here. */
interface Schema {
  readonly [keyword: string]: unknown
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly oneOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
}

const DRAFT = 'http://json-schema.org/draft-07/schema#'

/** A value that is to come: `${…}`, or `???`. */
const DEFERRED: Schema = { type: 'string', pattern: '\\$\\{|^\\?\\?\\?$' }

const OPTION: Schema = {
  anyOf: [{ type: ['string', 'null'] }, { type: 'array', items: { type: 'string' } }],
}

const DEFAULTS: Schema = {
  type: 'array',
  description: 'Files that are merged, in order; _self_ stands for this one.',
  items: {
    anyOf: [
      { type: 'string' },
      { type: 'object', minProperties: 1, maxProperties: 1, additionalProperties: OPTION },
    ],
  },
}

const HYDRA: Schema = {
  type: 'object',
  description: "What there is of Hydra's own settings.",
  additionalProperties: false,
  properties: {
    mode: { enum: ['RUN', 'MULTIRUN', null], description: 'MULTIRUN trains all combinations.' },
    sweeper: {
      type: 'object',
      additionalProperties: false,
      properties: {
        params: {
          type: ['object', 'null'],
          description: 'Values of a multirun by key, as on the command line: 1,2,3.',
        },
      },
    },
    job: {
      type: 'object',
      additionalProperties: false,
      properties: { name: { type: 'string', description: 'A name for what is trained.' } },
    },
  },
}

/**
 * JSON Schemas of configuration files, by name: `config` for files of the whole configuration, and one
 * for each group with a package of its own. Nothing is required, since every file sets a part.
 */
export function configJsonSchemas(): Readonly<Record<string, unknown>> {
  const whole = z.toJSONSchema(projectConfigSchema, { io: 'input', target: 'draft-7' }) as Schema
  const sections = Object.entries(partial(whole).properties ?? {})
  const groups = sections.filter(([, schema]) => schema.properties !== undefined)
  const properties = { defaults: DEFAULTS, ...Object.fromEntries(sections), hydra: HYDRA }
  const title = (what: string) => ({ $schema: DRAFT, title: `Atelier: ${what}` })
  return {
    config: {
      ...title('a configuration file'),
      type: 'object',
      additionalProperties: false,
      properties,
    },
    ...Object.fromEntries(
      groups.map(([name, schema]) => [
        name,
        {
          ...title(`an option of the group ${name}`),
          ...schema,
          properties: { defaults: DEFAULTS, ...schema.properties },
        },
      ]),
    ),
  }
}

/** The schema with nothing required, and `${…}` allowed in place of every value. */
function partial(schema: Schema): Schema {
  const variants = schema.oneOf ?? schema.anyOf
  if (variants?.every(({ properties }) => properties !== undefined)) {
    return partial(union(variants, schema.description))
  }
  if (schema.properties === undefined) return deferrable(schema)
  const { description, properties } = schema
  return {
    type: 'object',
    ...(description === undefined ? {} : { description }),
    additionalProperties: false,
    properties: Object.fromEntries(
      Object.entries(properties).map(([key, child]) => [key, partial(child)]),
    ),
  }
}

function deferrable({ description, ...schema }: Schema): Schema {
  return { ...(description === undefined ? {} : { description }), anyOf: [schema, DEFERRED] }
}

/** Variants as one: a file that sets a part need not say which of them it is. */
function union(variants: readonly Schema[], description: string | undefined): Schema {
  const properties = new Map<string, Schema>()
  for (const [key, child] of variants.flatMap((variant) => Object.entries(variant.properties!))) {
    const before = properties.get(key)
    properties.set(key, before === undefined ? child : either(before, child))
  }
  return {
    ...(description === undefined ? {} : { description }),
    properties: Object.fromEntries(properties),
  }
}

function either(a: Schema, b: Schema): Schema {
  if (JSON.stringify(a) === JSON.stringify(b)) return a
  const { description: first, ...left } = a
  const { description: second, ...right } = b
  const description = [...new Set([first, second].filter((text) => text !== undefined))].join(' / ')
  return { description, anyOf: [...((left.anyOf as Schema[] | undefined) ?? [left]), right] }
}
