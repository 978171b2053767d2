import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, reactive, ref, watch } from 'vue'

import { api, OnceKey, unwrap } from '@/api/client'
import { fieldErrors } from '@/api/problem'
import type { Picture, Product, ProductInput } from '@/api/types'
import { storeId } from '@/session/session'
import { freshSku, matrixProblem } from '@/spec/matrix'

export interface ProductForm extends ProductInput {
  pictures: Picture[]
}

function empty(): ProductForm {
  return {
    code: '',
    category_id: '',
    name: { zh: '', en: '' },
    subtitle: { zh: '', en: '' },
    description_html: { zh: '', en: '' },
    status: 'draft',
    tags: [],
    picture_ids: [],
    delivery_methods: [],
    list_price: null,
    sort: 0,
    specs: [],
    skus: [freshSku([], '')],
    modifiers: [],
    return_exception: null,
    brand: '',
    version: null,
    pictures: [],
  }
}

function fromProduct(product: Product): ProductForm {
  const { id: _id, updated_at: _at, ...rest } = JSON.parse(JSON.stringify(product)) as Product
  return { ...rest, skus: rest.skus.map((sku) => ({ ...sku, stock: null })) }
}

/** What is sent: `pictures` is how the form shows them, the server takes their ids; stock counts for new SKUs only. */
function toInput(form: ProductForm): ProductInput {
  const { pictures: _pictures, ...rest } = form
  return {
    ...rest,
    skus: form.skus.map((sku) => ({ ...sku, code: sku.code.trim(), stock: sku.id ? null : (sku.stock ?? 0) })),
  }
}

/** One product being edited (or made, when `id` is undefined): its form, what is wrong with it, and saving. */
export function useProductForm(id: () => string | undefined) {
  const store = storeId()
  const queries = useQueryClient()
  const form = reactive(empty())
  const baseline = ref('')
  const tried = ref(false)
  const fingerprint = computed(() => JSON.stringify(toInput(form)))
  const key = computed(() => [store, 'product', id() ?? 'new'])

  const query = useQuery({
    queryKey: key,
    queryFn: () =>
      unwrap(
        api.GET('/api/console/stores/{store_id}/products/{product_id}', { params: { path: { store_id: store, product_id: id() ?? '' } } }),
      ),
    enabled: computed(() => id() !== undefined),
    // What is being edited must not change under the hands; a stale save is refused by its version.
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  })

  function adopt(next: ProductForm): void {
    Object.assign(form, next)
    baseline.value = fingerprint.value
    tried.value = false
  }
  adopt(empty())
  const dirty = computed(() => fingerprint.value !== baseline.value)
  let shown: string | undefined
  // A live connection that comes back asks for everything anew: that must not overwrite what is being typed.
  watch(query.data, (product) => {
    if (!product || (product.id === shown && dirty.value)) return
    shown = product.id
    adopt(fromProduct(product))
  }, { immediate: true })

  const once = new OnceKey()
  const save = useMutation({
    mutationFn: (): Promise<Product> => {
      const path = { store_id: store }
      const wanted = id()
      return wanted === undefined
        ? unwrap(api.POST('/api/console/stores/{store_id}/products', { params: { path, header: once.header }, body: toInput(form) }))
        : unwrap(
            api.PUT('/api/console/stores/{store_id}/products/{product_id}', {
              params: { path: { ...path, product_id: wanted } },
              body: toInput(form),
            }),
          )
    },
    onSuccess: (product) => {
      once.renew()
      adopt(fromProduct(product))
      queries.setQueryData([store, 'product', product.id], product)
      for (const kind of ['products', 'stock', 'categories']) void queries.invalidateQueries({ queryKey: [store, kind] })
    },
  })

  const server = computed(() => fieldErrors(save.error.value))
  /** Message keys by field of what is wrong here; before the first try only the matrix speaks, as it is typed. */
  const local = computed(() => {
    const wrong: Record<string, string> = {}
    if (!form.name.zh.trim()) wrong['name.zh'] = 'product.nameMissing'
    if (!/^[0-9A-Za-z_-]{1,64}$/.test(form.code)) wrong.code = 'product.codeMissing'
    if (!form.category_id) wrong.category_id = 'product.categoryMissing'
    const matrix = matrixProblem(form)
    if (matrix) wrong.skus = `product.${matrix}`
    const groupsWrong = form.modifiers.some(
      (group) =>
        !group.name.zh.trim() ||
        group.options.length === 0 ||
        group.options.some((option) => !option.name.zh.trim()) ||
        group.max < Math.max(1, group.min) ||
        group.max > group.options.length,
    )
    if (groupsWrong) wrong.modifiers = 'product.groupWrong'
    return wrong
  })

  return {
    form,
    query,
    save,
    server,
    local,
    tried,
    dirty,
    /** Fetches the latest version and drops what was typed. */
    reload: async () => {
      save.reset()
      const { data } = await query.refetch()
      if (data) adopt(fromProduct(data))
    },
  }
}
