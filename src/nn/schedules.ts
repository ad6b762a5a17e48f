import type { Config } from '../contracts/index.ts'

type Schedule = Config['schedule']

export interface ScheduleContext {
  readonly totalSteps: number
  readonly stepsPerEpoch: number
}

/** The learning rate's factor at a step, 0 ≤ step < totalSteps. */
type Shape = (step: number, schedule: Schedule, context: ScheduleContext) => number

const shapes: { readonly [N in Schedule['name']]: Shape } = {
  constant: (step, schedule, context) => warmUp(step, schedule, context, () => 1),
  step: (step, schedule, context) =>
    warmUp(step, schedule, context, () => {
      const epoch = Math.floor(step / context.stepsPerEpoch)
      return schedule.step_factor ** Math.floor(epoch / schedule.step_epochs)
    }),
  cosine: (step, schedule, context) =>
    warmUp(step, schedule, context, (progress) => cosine(1, schedule.final_factor, progress)),
  one_cycle: (step, schedule, { totalSteps }) => {
    const peak = schedule.warmup * totalSteps - 1
    if (step > peak)
      return cosine(1, schedule.final_factor, (step - peak) / (totalSteps - 1 - peak))
    return peak === 0 ? 1 : cosine(schedule.start_factor, 1, step / peak)
  },
}

/**
 * The learning rate at a step as a factor of the configured one. Equal to torch.optim.lr_scheduler:
 *
 * - `one_cycle` to OneCycleLR with cosine arcs, pct_start = warmup, div_factor = 1 / start_factor and
 *   final_div_factor = start_factor / final_factor; the peak may lie between two steps.
 * - `cosine` to CosineAnnealingLR with T_max one less than its steps: the last one has final_factor.
 * - `step` to StepLR advanced once per epoch.
 * - The warm-up of these and of `constant` to LinearLR over round(warmup · steps) steps, at most all
 *   but the last, in a SequentialLR. Epochs of `step` count from the start of the run regardless.
 */
export function learningRateFactor(
  step: number,
  schedule: Schedule,
  context: ScheduleContext,
): number {
  return shapes[schedule.name](step, schedule, context)
}

/** A linear rise over the first `warmup` share of the steps, then `main` of the rest's progress. */
function warmUp(
  step: number,
  { warmup, start_factor }: Schedule,
  { totalSteps }: ScheduleContext,
  main: (progress: number) => number,
): number {
  const rising = Math.min(Math.round(warmup * totalSteps), totalSteps - 1)
  if (step < rising) return start_factor + ((1 - start_factor) * step) / rising
  return main((step - rising) / Math.max(1, totalSteps - 1 - rising))
}

function cosine(from: number, to: number, progress: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * progress))) / 2
}
