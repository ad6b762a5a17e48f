/** A line under a name; nothing where the value is undefined. */
export type Fact = readonly [name: string, value: string | undefined]

/** Names and values in two columns; further lines of a value stand below its first. */
export function formatFacts(all: readonly Fact[]): string {
  const known = all.filter(([, value]) => value !== undefined)
  const width = Math.max(...known.map(([name]) => name.length))
  return known
    .map(([name, value]) => {
      const lines = value!.split('\n').join(`\n${' '.repeat(width + 2)}`)
      return `${name.padEnd(width)}  ${lines}`
    })
    .join('\n')
}
