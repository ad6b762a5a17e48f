/**
 * onnxruntime-node's install script downloads CUDA libraries from a host that many networks do not
 * reach, and fails the whole install then. Atelier computes on the CPU, whose libraries are in the
 * npm package already: the script is emptied before npm runs it. Who wants CUDA sets
 * ONNXRUNTIME_NODE_INSTALL, as onnxruntime-node documents, and is left alone.
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

if (!process.env.ONNXRUNTIME_NODE_INSTALL) {
  const folders = createRequire(import.meta.url).resolve.paths('onnxruntime-node') ?? []
  for (const folder of folders) {
    const script = join(folder, 'onnxruntime-node', 'script', 'install.js')
    if (!existsSync(script)) continue
    // npm may have hard-linked the file to its cache: a new file leaves that one as it is
    rmSync(script)
    writeFileSync(script, '// emptied by atelier: the CPU libraries are in the package\n')
    break
  }
}
