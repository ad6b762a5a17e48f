/** Work on stages. What does it is much to load: who only moves data need not wait for it. */
import type { ChangedStage } from './pipeline/change-stages.ts'
import type { PipelineProject } from './pipeline/pipeline-project.ts'
import type { PipelineNode, StageOutcome } from './pipeline/reproduce.ts'

type Changes = typeof import('./pipeline/change-stages.ts')
type Projects = typeof import('./pipeline/pipeline-project.ts')
type Reproduction = typeof import('./pipeline/reproduce.ts')
type Selections = typeof import('./pipeline/select-nodes.ts')

/** As `addStage` of `change-stages.ts`. */
export async function addStage(...given: Parameters<Changes['addStage']>): Promise<ChangedStage> {
  return (await import('./pipeline/change-stages.ts')).addStage(...given)
}

/** As `freezeStage` of `change-stages.ts`. */
export async function freezeStage(
  ...given: Parameters<Changes['freezeStage']>
): Promise<ChangedStage> {
  return (await import('./pipeline/change-stages.ts')).freezeStage(...given)
}

/** As `openPipelines` of `pipeline-project.ts`. */
export async function openPipelines(
  ...given: Parameters<Projects['openPipelines']>
): Promise<PipelineProject> {
  return (await import('./pipeline/pipeline-project.ts')).openPipelines(...given)
}

/** As `reproduce` of `reproduce.ts`. */
export async function reproduce(
  ...given: Parameters<Reproduction['reproduce']>
): Promise<readonly StageOutcome[]> {
  return (await import('./pipeline/reproduce.ts')).reproduce(...given)
}

/** As `selectNodes` of `select-nodes.ts`. */
export async function selectNodes(
  ...given: Parameters<Selections['selectNodes']>
): Promise<readonly PipelineNode[]> {
  return (await import('./pipeline/select-nodes.ts')).selectNodes(...given)
}
