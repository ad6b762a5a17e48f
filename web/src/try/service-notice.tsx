import { useQuery } from '@tanstack/react-query'
import { EmptyState } from '../shared/empty-state.tsx'
import { readyOptions } from './service-api.ts'
import type { Service } from './use-service.ts'

/** What is wrong with the service as a whole. It goes away by itself when that is over. */
export function ServiceNotice({ service }: { readonly service: Service }) {
  const { state, modelPath } = service
  return (
    <div role="status" className="try-status">
      {state === 'offline' && (
        <div className="panel try-notice">
          <EmptyState title="The service does not answer" command="atelier serve">
            This page tries again by itself, and sends what is waiting. If the service was stopped:
          </EmptyState>
        </div>
      )}
      {state === 'no-model' && <NoModel path={modelPath} />}
    </div>
  )
}

/** Where training puts the newest model, and the service looks for it when it is told nothing else. */
const USUAL_PATH = 'models/model.onnx'

function NoModel({ path }: { readonly path: string | null }) {
  const { data } = useQuery(readyOptions)
  const isUsual = path === USUAL_PATH
  return (
    <div className="panel try-notice">
      <EmptyState
        title="The service has no model"
        command={isUsual ? 'atelier train data=sketch' : `atelier serve ${USUAL_PATH}`}
      >
        {data?.reason !== undefined && <>{data.reason} </>}
        This page goes on as soon as there is one.{' '}
        {isUsual
          ? 'This makes one without a download:'
          : 'To serve the newest trained one instead:'}
      </EmptyState>
    </div>
  )
}
