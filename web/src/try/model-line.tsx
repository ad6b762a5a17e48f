import { useEffect } from 'react'
import type { ServedModel } from '../../../src/contracts/index.ts'
import type { Service } from './use-service.ts'

/** Which model answers, and what it takes. */
export function ModelLine({ service }: { readonly service: Service }) {
  const { state, model, geometry, classes } = service
  const title = model === undefined ? 'Try' : `Try ${modelName(model)}`
  useEffect(() => {
    document.title = `${title} · Atelier`
    return () => {
      document.title = 'Atelier'
    }
  }, [title])
  if (state === 'asking') return <p className="faint">Asking the service …</p>
  if (model === undefined) return null
  return (
    <p className="model-line">
      <strong title={`sha256 ${model.sha256}`}>{modelName(model)}</strong>
      {geometry !== null && (
        <span>
          sees {geometry.width} × {geometry.height} {geometry.channels === 1 ? 'grey' : 'colour'}
        </span>
      )}
      {classes.length > 0 && <span>{classes.length} classes</span>}
    </p>
  )
}

export function modelName({ name, version }: ServedModel): string {
  return version === null ? name : `${name} v${version}`
}
