import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { parseYaml } from '../../config/index.ts'
import { AtelierError } from '../../core/index.ts'
import { resolveYaml12Scalar } from '../yaml12/resolve-scalar.ts'
import { toValue } from '../yaml12/to-value.ts'
import { isMap, type ValueMap } from '../yaml12/value.ts'

/**
 * The content of a file of parameters; undefined where there is none. YAML, and JSON, which is YAML, too.
 * Throws PIPELINE_PARAMETERS, CONFIG_SYNTAX. `shown` names it in messages.
 */
export async function readParameterFile(
  path: string,
  shown: string,
): Promise<ValueMap | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw error
  })
  if (text === undefined) return undefined
  const ending = extname(path).toLowerCase()
  if (ending === '.toml' || ending === '.py') {
    throw new AtelierError('PIPELINE_PARAMETERS', `'${shown}' is not YAML or JSON.`, {
      hint: 'Parameters in TOML or Python are not read here; move them to YAML.',
    })
  }
  const content = toValue(parseYaml(text, shown, resolveYaml12Scalar))
  if (!isMap(content)) {
    throw new AtelierError('PIPELINE_PARAMETERS', `'${shown}' holds no \`key: value\` lines.`)
  }
  return content
}
