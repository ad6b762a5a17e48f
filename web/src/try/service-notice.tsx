import { EmptyState } from '../shared/empty-state.tsx'
import type { Service } from './use-service.ts'

/** What is wrong with the service as a whole. It goes away by itself when that is over. */
export function ServiceNotice({ service: { state } }: { readonly service: Service }) {
  return (
    <div role="status" className="try-status">
      {state === 'offline' && (
        <div className="panel try-notice">
          <EmptyState title="The service does not answer" command="atelier serve">
            This page tries again by itself, and sends what is waiting. If the service was stopped:
          </EmptyState>
        </div>
      )}
      {state === 'no-model' && (
        <div className="panel try-notice">
          <EmptyState
            title="The service has no model"
            command="MODEL_URI=models/model.onnx atelier serve"
          >
            It runs, but has nothing to answer with. Start it with a model file or a registered
            model:
          </EmptyState>
        </div>
      )}
    </div>
  )
}
