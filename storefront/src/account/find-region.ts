import { getRegions } from '@/api/shop'
import type { Region } from '@/api/types'

/** Looks names up level by level ("浙江省", "杭州市", "西湖区") and answers the regions as far as they agree. */
export async function findRegion(names: string[]): Promise<Region[]> {
  const path: Region[] = []
  for (const name of names) {
    const list = await getRegions(path[path.length - 1]?.code ?? '')
    const found = list.find((one) => one.name === name) ?? list.find((one) => one.name.startsWith(name) || name.startsWith(one.name)) ?? (list.length === 1 ? list[0] : undefined)
    // WeChat names a city level in municipalities too: it repeats the province or is called 市辖区, and is not in our list.
    if (!found && (name === path[path.length - 1]?.name || name === '市辖区')) continue
    if (!found) break
    path.push(found)
    if (found.leaf) break
  }
  return path
}
