import type { Config } from '../contracts/index.ts'
import { AtelierError, nearestName } from '../core/index.ts'
import type { Architecture } from './architecture.ts'
import { cnn } from './architectures/cnn.ts'
import { lite } from './architectures/lite.ts'
import { mlp } from './architectures/mlp.ts'
import { resnet } from './architectures/resnet.ts'
import type { Layer } from './network.ts'

/** Every architecture that `model.type` may name. */
export const architectures: Readonly<Record<string, Architecture>> = { cnn, mlp, lite, resnet }

type LayerConfig = Omit<Config['model'], 'mirror'>

/** The layers that a model configuration describes. Throws CONFIG_INVALID_VALUE for an unknown type. */
export function layersOf(model: LayerConfig, classes: number): Layer {
  const architecture = Object.hasOwn(architectures, model.type)
    ? architectures[model.type]
    : undefined
  if (architecture === undefined) {
    const known = Object.keys(architectures)
    const nearest = nearestName(model.type, known)
    throw new AtelierError(
      'CONFIG_INVALID_VALUE',
      `model.type is "${model.type}", wanted one of: ${known.join(', ')}.`,
      nearest === undefined ? {} : { hint: `Did you mean model.type=${nearest}?` },
    )
  }
  const width = model.width ?? 1
  return architecture.layers({
    classes,
    dropout: model.dropout ?? architecture.dropout,
    channels: (count) => Math.max(1, Math.round(count * width)),
  })
}
