import { openApiDocument } from './openapi.ts'

interface Schema {
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly required?: readonly string[]
  readonly $ref?: string
}
type Content = Readonly<Record<string, { readonly schema: Schema }>>
interface Route {
  readonly tags: readonly string[]
  readonly summary: string
  readonly security?: readonly object[]
  readonly parameters: readonly {
    readonly name: string
    readonly in: string
    readonly description?: string
  }[]
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content: Content }>
  >
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Route>>>>
}

const INTRO = `# HTTP routes

Made from the inference service's own OpenAPI description, which it gives at \`/openapi.json\` and, for people, at \`/docs\`. How the
service is run is told in [serving](serving.md); the routes of the monitoring service stand in
[monitoring](monitoring.md#the-monitoring-service).

\`\`\`sh
atelier serve
curl -F file=@photo.png http://127.0.0.1:8080/predict
curl --data-binary @photo.png -H 'content-type: image/png' http://127.0.0.1:8080/predict
curl http://127.0.0.1:8080/openapi.json
\`\`\`

- **Token.** Where the service has a token, routes marked *token* want \`Authorization: Bearer TOKEN\`; those marked *predictions*
  want it only with \`serving.protect_predict=true\`; the others never do.
- **Failures** are \`{"detail": "…", "code": "…"}\`, of the routes under \`/v2\` \`{"error": "…"}\`.
- \`name?\` is a field that may be missing, \`name[]\` an entry of a list, \`name.*\` a value under any key.
`

/** The routes of the inference service, as the Markdown page \`docs/http.md\`. */
export function apiReference(): string {
  const withToken = new Set(['token'] as const)
  const plain = openApiDocument({ version: '', guarded: withToken }) as Document
  const guarded = openApiDocument({
    version: '',
    guarded: new Set(['token', 'predict'] as const),
  }) as Document
  const routes = Object.entries(guarded.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, route]) => {
      const always = plain.paths[path]![method]!.security !== undefined
      const access = always ? 'token' : route.security === undefined ? 'open' : 'predictions'
      return { name: `${method.toUpperCase()} ${path}`, access, route }
    }),
  )
  const tags = [...new Set(routes.map(({ route }) => route.tags[0]!))]
  const parts = tags.flatMap((tag) => [
    `## ${tag}\n`,
    ...routes
      .filter(({ route }) => route.tags[0] === tag)
      .map(({ name, access, route }) => routePart(name, access, route)),
  ])
  return [INTRO, ...parts].join('\n')
}

function routePart(name: string, access: string, route: Route): string {
  const mark = access === 'open' ? '' : ` *${access}*`
  const answers = Object.entries(route.responses)
  const [success, failures] = [
    answers.filter(([status]) => Number(status) < 400),
    answers.filter(([status]) => Number(status) >= 400),
  ]
  return [
    `### ${name}\n`,
    `${route.summary}${mark}\n`,
    parameterTable(route),
    contentTable('Body', route.requestBody?.content ?? {}),
    ...success.map(([status, { content }]) => contentTable(`Answer ${status}`, content)),
    `Failures: ${failures.map(([status, { description }]) => `${status} ${lowerFirst(description)}`).join(' · ')}\n`,
  ]
    .filter((part) => part !== '')
    .join('\n')
}

function parameterTable({ parameters }: Route): string {
  if (parameters.length === 0) return ''
  const rows = parameters.map(
    ({ name, in: place, description = '' }) => `| \`${name}\` | ${place} | ${description} |`,
  )
  return `| parameter | in | meaning |\n|---|---|---|\n${rows.join('\n')}\n`
}

function contentTable(title: string, content: Content): string {
  const types = Object.keys(content)
  if (types.length === 0) return ''
  const fields = Object.values(content).flatMap(({ schema }) => fieldRows('', schema, true))
  const head = `${title}: ${types.map((type) => `\`${type}\``).join(', ')}`
  if (fields.length === 0) return `${head}\n`
  return `${head}\n\n| field | type | meaning |\n|---|---|---|\n${fields.join('\n')}\n`
}

/** A row for each field, those of fields after them. */
function fieldRows(path: string, schema: Schema, isRequired: boolean): string[] {
  const inner = nestedFields(path, schema)
  if (path === '') return inner
  const name = `${path}${isRequired ? '' : '?'}`
  return [`| \`${name}\` | ${typeOf(schema)} | ${schema.description ?? ''} |`, ...inner]
}

function nestedFields(path: string, schema: Schema): string[] {
  const { properties = {}, required = [], items, anyOf = [], additionalProperties } = schema
  const below = path === '' ? '' : `${path}.`
  return [
    ...Object.entries(properties).flatMap(([name, property]) =>
      fieldRows(`${below}${name}`, property, required.includes(name)),
    ),
    ...(items === undefined ? [] : nestedFields(`${path}[]`, items)),
    ...(typeof additionalProperties === 'object' && path !== ''
      ? nestedFields(`${path}.*`, additionalProperties)
      : []),
    ...anyOf.flatMap((part) => nestedFields(path, part)),
  ]
}

function typeOf({ type, format, enum: values, const: constant, anyOf, items }: Schema): string {
  if (values !== undefined) return values.map((value) => `\`${JSON.stringify(value)}\``).join(', ')
  if (constant !== undefined) return `\`${JSON.stringify(constant)}\``
  if (anyOf !== undefined) return [...new Set(anyOf.map(typeOf))].join(' or ')
  if (items !== undefined) return items.type === undefined ? 'list' : `list of ${typeOf(items)}`
  if (format === 'binary') return 'file'
  return [type ?? 'any'].flat().join(' or ')
}

function lowerFirst(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1).replace(/\.$/, '')}`
}
