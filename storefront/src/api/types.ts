// The names that the front end uses for the shapes in schema.d.ts, which is generated from the server's own description
// of itself (`npm run generate`). Nothing here says what a shape holds.
import type { components, paths } from './schema'

type Shapes = components['schemas']
/** What a GET answers. */
type Got<Path extends keyof paths> = paths[Path] extends { get: { responses: { 200: { content: { 'application/json': infer Body } } } } } ? Body : never
/** What a POST answers. */
type Posted<Path extends keyof paths> = paths[Path] extends { post: { responses: { 200: { content: { 'application/json': infer Body } } } } } ? Body : never
export type Uuid = string
/** Money in the currency's minor unit. */
export type Fen = number
/** ISO 8601, UTC. */
export type Time = string
export type I18n = Shapes['Text']
export type Customer = Shapes['Customer']
export type Session = Shapes['Session']
export type ShopConfig = Shapes['AppConfig']
export type Picture = Shapes['Picture']
export type StoreCard = Shapes['StoreCard']
export type StoreDetail = Shapes['StoreDetail']
export type DeliveryMethod = Shapes['QuoteRequest']['delivery_method']
export type CounterState = Shapes['CounterState']
export type Category = Shapes['Category']
export type ProductCard = Shapes['ProductCard']
export type ProductPage = Shapes['ProductPage']
export type Facets = Shapes['Facets']
export type SearchPage = Shapes['SearchPage']
export type Suggestion = Shapes['Suggestion']
export type HotWord = Shapes['HotWord']
export type MenuSection = Shapes['MenuSection']
export type Sku = Shapes['ShopSku']
export type ModifierGroup = Shapes['ModifierGroup']
export type Product = Shapes['Product']
export type Stock = Shapes['ShopStock']
export type DiningTable = Shapes['TableCard']
export type Chosen = Shapes['Chosen']
export type CartLine = Shapes['CartLine']
export type CartStore = Shapes['StoreCart']
export type Cart = Shapes['Cart']
export type BasketLine = Shapes['BasketLine']
export type QuoteRequest = Shapes['QuoteRequest']
export type Quote = Shapes['Quote']
export type PlaceOrder = Shapes['OrderRequest']
export type PlaceRequest = Shapes['PlaceRequest']
export type OrderSummary = Shapes['OrderSummary']
export type OrderPage = Got<'/api/shop/orders'>
export type Order = Shapes['Order']
/** When a product that is sold in advance will be sent. */
export type Presale = Shapes['Presale']
export type OrderAction = Order['actions'][number]
export type TimelineEvent = Shapes['TimelineEvent']
export type CombinedPayment = Shapes['CombinedPayment']
export type PaymentAttempt = Shapes['PaymentAttempt']
export type PayMethod = Shapes['StartPayment']['method']
export type FlashSale = Shapes['FlashSale']
export type FlashSales = Shapes['FlashSales']
export type FlashItem = Shapes['FlashItem']
export type FlashPlace = Shapes['FlashPlace']
export type FlashQueued = Shapes['FlashQueued']
export type FlashTicket = Shapes['FlashTicket']
export type Address = Shapes['AddressBody']
export type AddressInput = Omit<Address, 'id'>
export type Region = Shapes['RegionItem']
export type StorePoints = Shapes['StorePoints']
export type PointsEntry = Shapes['PointsEntry']
export type PointsPage = Shapes['PointsPage']
export type ShareAccount = Shapes['ShareAccount']
export type ShareWithdrawal = Shapes['ShareWithdrawal']
export type MerchantTransfer = Shapes['MerchantTransfer']
export type Returnable = Shapes['Returnable']
export type ReturnableLine = Shapes['ReturnableLine']
export type ReturnApply = Shapes['ApplyInput']
export type ReturnPreview = Posted<'/api/shop/stores/{store_id}/orders/{order_id}/returns/preview'>
export type Return = Shapes['Return']
export type ReturnSummary = Shapes['ReturnSummary']
export type ReturnStatus = Return['status']
export type ReturnKind = Return['kind']
export type ReturnReason = Return['reason']
export type ReturnPage = Got<'/api/shop/returns'>

/** RFC 9457, as the server's error handler writes it; `data` is particular to the code. */
export interface Problem {
  type: string; title: string; status: number; detail: string; code: string; field?: string
  errors?: { field: string; code: string; message: string }[]; data?: unknown
}
