// Makes src/image/generated/pixel-sums.ts of src/image/pixel-sums.wat: `npm run kernels`.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import loadWabt from 'wabt'

const folder = join(import.meta.dirname, '../src/image')
const name = 'pixel-sums'

/** The TypeScript that carries a kernel as it is compiled. */
export async function compileKernels() {
  const wabt = await loadWabt()
  const text = readFileSync(join(folder, `${name}.wat`), 'utf8')
  const parsed = wabt.parseWat(`${name}.wat`, text, { simd: true, bulk_memory: true })
  parsed.validate()
  const code = Buffer.from(parsed.toBinary({}).buffer).toString('base64')
  return `// Made from src/image/${name}.wat by \`npm run kernels\`.\nexport const PIXEL_SUMS =\n  '${code}'\n`
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(join(folder, 'generated', `${name}.ts`), await compileKernels())
}
