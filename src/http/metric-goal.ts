import type { UiGoal } from '../contracts/index.ts'

const SMALLER = /(?:^|[._-])(?:loss|error|err|nll|perplexity|rmse|mse|mae|ece|brier|latency|drift)$/
const LARGER =
  /(?:^|[._-])(?:accuracy|acc|f1|precision|recall|auc|auroc|score|r2|map|iou|images_per_second)$/

/** Which end of a metric is the better one, by its name; null where the name does not tell. */
export function goalOf(metric: string): UiGoal | null {
  const name = metric.toLowerCase()
  if (SMALLER.test(name)) return 'min'
  return LARGER.test(name) ? 'max' : null
}
