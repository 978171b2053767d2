import type { Category } from '@/api/types'

export interface CategoryNode {
  category: Category
  depth: number
  children: CategoryNode[]
}

/** The tree of a flat list, each level by sort; a category whose parent is not in the list stands on top. */
export function categoryTree(items: readonly Category[]): CategoryNode[] {
  const ids = new Set(items.map((item) => item.id))
  const below = (parent: string | null, depth: number): CategoryNode[] =>
    items
      .filter((item) => (item.parent_id !== null && ids.has(item.parent_id) ? item.parent_id : null) === parent)
      .sort((one, other) => one.sort - other.sort)
      .map((category) => ({ category, depth, children: below(category.id, depth + 1) }))
  return below(null, 0)
}

/** The tree in reading order. */
export function flatten(nodes: readonly CategoryNode[]): CategoryNode[] {
  return nodes.flatMap((node) => [node, ...flatten(node.children)])
}

/** A category and all below it: none of them may become its parent. */
export function selfAndBelow(nodes: readonly CategoryNode[], id: string): Set<string> {
  const found = flatten(nodes).find((node) => node.category.id === id)
  return new Set(found ? flatten([found]).map((node) => node.category.id) : [])
}
