export { type DataChoice, dataChoices } from './data-choices.ts'
export { type ProjectChoices, type ProjectFile, projectFiles } from './project-files.ts'
export { checkProjectName } from './project-name.ts'
export { writeProject } from './write-project.ts'
