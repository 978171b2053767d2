// The shapes of the shop's API, as the front end names them.
export type Uuid = string
/** Money in the currency's minor unit. */
export type Fen = number
/** ISO 8601, UTC. */
export type Time = string
export interface I18n { zh: string; en: string }
export interface Problem {
  type: string; title: string; status: number; detail: string; code: string; field?: string
  errors?: { field: string; code: string; message: string }[]; data?: unknown
}
export interface Page<T> { items: T[]; next: string | null }
export interface Customer { id: Uuid; guest: boolean; nickname: string; avatar: string | null; phone_masked: string | null; locale: 'zh' | 'en' }
export interface Session { access_token: string; expires_in: number; refresh_token: string; customer: Customer }
export interface ShopConfig {
  wechat: { appid: string }
  message_templates: { event: 'paid' | 'ready' | 'shipped' | 'refunded'; template_id: string }[]
  privacy_version: string
  sandbox: { origin: string } | null
}
export interface Picture { id: Uuid; alt: string; tint: string; urls: { s: string; m: string; l: string }; width: number; height: number }
export type DeliveryMethod = 'express' | 'delivery' | 'pickup' | 'dine_in'
export interface StoreCard {
  id: Uuid; slug: string; name: I18n; layout: 'menu' | 'grid'; logo: Picture | null; open: boolean; hours_text: I18n; address: I18n
  lat: number | null; lng: number | null
}
export interface StoreDetail extends StoreCard {
  currency: string; phone: string; notice: I18n; banner: Picture[]; theme: { seal?: string; seal_dark?: string }
  delivery_methods: DeliveryMethod[]; cutlery: boolean; packing_fee: Fen; delivery_min: Fen | null; free_shipping_over: Fen | null
  hours: { day: number; open: string; close: string }[]; licence: { name: string; number: string } | null
}
export interface CounterState { store_id: Uuid; open: boolean; accepting: boolean; pause_reason: I18n | null; orders_before: number }
export interface Category { id: Uuid; parent_id: Uuid | null; name: I18n; icon: Picture | null; product_count: number }
export interface Tag { code: string; name: I18n }
export interface ProductCard {
  id: Uuid; name: I18n; subtitle: I18n; picture: Picture | null; price: Fen; price_varies: boolean; list_price: Fen | null
  sold: number; tags: Tag[]; category_id: Uuid; simple_sku: Uuid | null
}
export interface MenuSection { category: Category; products: ProductCard[] }
export interface SpecValue { code: string; name: I18n; picture: Picture | null }
export interface Spec { code: string; name: I18n; values: SpecValue[] }
export interface Sku { id: Uuid; values: string[]; price: Fen; list_price: Fen | null; picture: Picture | null; limit: number | null }
export interface ModifierOption { code: string; name: I18n; price: Fen; default: boolean }
export interface ModifierGroup { code: string; name: I18n; min: number; max: number; options: ModifierOption[] }
export interface Product extends ProductCard {
  store_id: Uuid; store_slug: string; description_html: I18n; pictures: Picture[]; delivery_methods: DeliveryMethod[]
  specs: Spec[]; skus: Sku[]; modifiers: ModifierGroup[]
}
export interface Stock { sku_id: Uuid; product_id: Uuid; available: number; sold_out: boolean }
export interface DiningTable { code: string; name: string }
export interface Chosen { group: string; option: string }
export interface CartLine {
  id: Uuid; sku_id: Uuid; product_id: Uuid; name: I18n; spec_text: I18n; modifiers_text: I18n; modifiers: Chosen[]; picture: Picture | null
  quantity: number; selected: boolean; unit_price: Fen; added_unit_price: Fen; amount: Fen
  flag: null | 'off_shelf' | 'sold_out' | 'short' | 'price_changed'; available: number; limit: number | null
}
export interface CartStore { store: StoreCard; lines: CartLine[]; selected_total: Fen }
export interface Cart { stores: CartStore[]; count: number; selected_count: number; selected_total: Fen }
export interface BasketLine { key: string; sku_id: Uuid; modifiers: Chosen[]; quantity: number }
export interface QuoteRequest {
  store_id: Uuid; lines: BasketLine[]; delivery_method: DeliveryMethod; address_id?: Uuid; region_code?: string; table_code?: string; cutlery?: number
}
export interface QuoteLine {
  key: string; sku_id: Uuid; name: I18n; spec_text: I18n; modifiers_text: I18n; picture: Picture | null; quantity: number
  unit_price: Fen; amount: Fen; discount: Fen; payable: Fen
}
export interface TraceStep { step: string; text: I18n; amount: Fen }
export interface Quote {
  store_id: Uuid; currency: string; lines: QuoteLine[]; adjustments: { kind: string; label: I18n; amount: Fen }[]
  items_total: Fen; packing_fee: Fen; shipping_fee: Fen; discount_total: Fen; tax: Fen; total: Fen; shortfall: Fen | null
  problems: { code: string; message: string; key?: string }[]; trace: TraceStep[]; fingerprint: string
}
export type PlaceOrder = QuoteRequest & {
  expected_total: Fen; remark?: string; from_cart?: boolean; contact?: { name: string; phone: string }
}
export interface PlaceRequest { orders: PlaceOrder[]; channel: 'mp' | 'h5' }
export type OrderStatus = 'pending_payment' | 'closing' | 'cancelled' | 'paid' | 'preparing' | 'fulfilled' | 'completed'
export type OrderAction = 'pay' | 'cancel' | 'receive' | 'reorder'
export interface OrderSummary {
  id: Uuid; number: string; store: StoreCard; status: OrderStatus; refund_status: null | 'processing' | 'refunded'
  delivery_method: DeliveryMethod; total: Fen; currency: string; quantity: number; placed_at: Time; pay_by: Time | null
  pickup_number: string | null; lines: { name: I18n; spec_text: I18n; picture: Picture | null; quantity: number }[]; actions: OrderAction[]
}
export interface OrderLine {
  id: Uuid; sku_id: Uuid; product_id: Uuid; name: I18n; spec_text: I18n; modifiers_text: I18n; modifiers: Chosen[]; picture: Picture | null
  quantity: number; unit_price: Fen; amount: Fen; discount: Fen; payable: Fen
}
export interface Fulfillment {
  id: Uuid; kind: DeliveryMethod
  status: 'packed' | 'shipped' | 'delivered' | 'making' | 'ready' | 'handed_over' | 'assigned' | 'picked'
  carrier: string | null; carrier_name: I18n | null; waybill: string | null; shipped_at: Time | null; delivered_at: Time | null
  lines: { order_line_id: Uuid; quantity: number }[]
}
export interface TimelineEvent {
  id: Uuid; kind: string; text: I18n; actor: 'buyer' | 'merchant' | 'system' | 'platform'; actor_name: string; reason: string; at: Time
}
export interface Refund { id: Uuid; amount: Fen; status: 'requested' | 'processing' | 'succeeded' | 'abnormal' | 'closed'; reason: string; at: Time }
export interface Order extends Omit<OrderSummary, 'lines'> {
  lines: OrderLine[]; items_total: Fen; packing_fee: Fen; shipping_fee: Fen; discount_total: Fen; tax: Fen
  paid_amount: Fen; refunded_amount: Fen; trace: TraceStep[]; remark: string; cutlery: number; table: DiningTable | null
  address: { recipient: string; phone_masked: string; text: string } | null; pickup_code: string | null; orders_before: number | null
  fulfillments: Fulfillment[]; timeline: TimelineEvent[]; paid_at: Time | null; completed_at: Time | null; refunds: Refund[]
}
export type PayMethod = 'wechat_jsapi' | 'wechat_h5' | 'wechat_native'
export interface PaymentAttempt {
  id: Uuid; order_id: Uuid; method: string; status: 'created' | 'pending' | 'succeeded' | 'closed' | 'failed'; amount: Fen; expires_at: Time
  pay: { jsapi?: JsapiPay; h5_url?: string; code_url?: string } | null
}
export interface JsapiPay { appId: string; timeStamp: string; nonceStr: string; package: string; signType: 'RSA'; paySign: string }
export interface AddressInput {
  recipient: string; phone: string; region_code: string; province: string; city: string; district: string; street: string
  detail: string; lat: number | null; lng: number | null; tag: '' | 'home' | 'work' | 'school'; is_default: boolean
}
export interface Address extends AddressInput { id: Uuid }
export interface Region { code: string; name: string; leaf: boolean }
