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
  // Two cosine arcs, up and down (Smith & Topin 2019, in PyTorch's OneCycleLR spelling).
  one_cycle: (step, schedule, context) => {
    const peak = schedule.warmup * context.totalSteps - 1
    return step < peak
      ? cosine(schedule.start_factor, 1, step / peak)
      : cosine(1, schedule.final_factor, (step - peak) / (context.totalSteps - 1 - peak))
  },
}

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
  const rising = Math.round(warmup * totalSteps)
  if (step < rising) return start_factor + ((1 - start_factor) * step) / rising
  return main((step - rising) / Math.max(1, totalSteps - 1 - rising))
}

function cosine(from: number, to: number, progress: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * progress))) / 2
}
