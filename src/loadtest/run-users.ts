import type { Clock, Random } from '../core/index.ts'
import type { LoadConnection } from './load-connection.ts'
import type { ClosedLoop } from './load-plan.ts'
import type { LoadSession } from './load-session.ts'

/** A server that takes no connection would otherwise be asked without pause. */
const PAUSE_AFTER_NO_ANSWER = 100

/** Users who come one by one, each with a connection of their own. Gives how many there are by now. */
export function runUsers(
  session: LoadSession,
  { users, ramp, wait }: ClosedLoop,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): () => number {
  let active = 0
  const [least, most] = wait
  const think = () => 1000 * (least + (most - least) * random.uniform())
  const ask = (connection: LoadConnection) => {
    const begun = session.begin(clock.monotonic())
    if (begun === undefined) return
    session.send(connection, begun, ({ status }) => {
      const pause = Math.max(most === 0 ? 0 : think(), status === 0 ? PAUSE_AFTER_NO_ANSWER : 0)
      if (pause === 0) ask(connection)
      else if (session.ended === undefined) session.later(pause, () => ask(connection))
    })
  }
  const arrive = () => {
    active++
    ask(session.connect())
  }
  for (let user = 0; user < users; user++) {
    const delay = (1000 * ramp * user) / users
    if (delay === 0) arrive()
    else session.later(delay, arrive)
  }
  return () => active
}
