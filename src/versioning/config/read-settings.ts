import type { LinkType } from './check-settings.ts'
import type { DvcConfig } from './dvc-config.ts'

/** DVC's default: a copy that shares its blocks, where the file system can make one. */
const DEFAULT_LINKS: readonly LinkType[] = ['reflink', 'copy']

export function textSetting(config: DvcConfig, section: string, key: string): string | undefined {
  const value = config.sections.get(section)?.get(key)
  return typeof value === 'string' ? value : undefined
}

/** How files come from the cache to the workspace, the first that works. */
export function linkTypesOf(config: DvcConfig): readonly LinkType[] {
  const value = config.sections.get('cache')?.get('type')
  return Array.isArray(value) && value.length > 0 ? (value as LinkType[]) : DEFAULT_LINKS
}
