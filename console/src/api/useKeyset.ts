import { keepPreviousData, useInfiniteQuery } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'

interface KeysetPage<T> {
  items: T[]
  next: string | null
}

/** A list with keyset paging: all rows fetched so far, and how to get the next ones. */
export function useKeyset<T, P extends KeysetPage<T> = KeysetPage<T>>(
  key: MaybeRefOrGetter<readonly unknown[]>,
  fetchPage: (cursor: string | undefined) => Promise<P>,
) {
  const query = useInfiniteQuery({
    queryKey: computed(() => toValue(key)),
    queryFn: ({ pageParam }: { pageParam: string | undefined }) => fetchPage(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: P) => last.next ?? undefined,
    placeholderData: keepPreviousData,
  })
  return {
    rows: computed<T[]>(() => query.data.value?.pages.flatMap((page) => page.items) ?? []),
    first: computed<P | undefined>(() => query.data.value?.pages[0]),
    loading: computed(() => query.isPending.value),
    error: computed(() => query.error.value),
    hasMore: computed(() => query.hasNextPage.value),
    loadingMore: computed(() => query.isFetchingNextPage.value),
    more: () => void query.fetchNextPage(),
    refetch: () => void query.refetch(),
  }
}
