// Short names for what the server's OpenAPI document declares; nothing is declared twice.
import type { components, paths } from './schema'

/**
 * A schema as the server answers it. Fields with a default may be left out of a request and are therefore optional in the
 * document, but an answer always carries them.
 */
export type Full<T> = T extends (infer Item)[]
  ? Full<Item>[]
  : T extends object
    ? { [Key in keyof T]-?: Full<Exclude<T[Key], undefined>> }
    : T

type Answer<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } }
}
  ? Full<Body>
  : never
type Schemas = components['schemas']

export type Picture = Full<Schemas['Picture']>
export type StaffSession = Answer<'/api/console/session'>
export type StaffStore = StaffSession['stores'][number]
export type Dashboard = Answer<'/api/console/stores/{store_id}/dashboard'>
export type Figures = Dashboard['today']
export type OrderPage = Answer<'/api/console/stores/{store_id}/orders'>
export type OrderRow = OrderPage['items'][number]
export type Order = Answer<'/api/console/stores/{store_id}/orders/{order_id}'>
export type OrderStatus = OrderRow['status']
export type DeliveryMethod = OrderRow['delivery_method']
export type MerchantAction = OrderRow['actions'][number]
export type Fulfillment = Order['fulfillments'][number]
export type TimelineEvent = Order['timeline'][number]
export type Recognition = Answer<'/api/console/stores/{store_id}/carriers/recognise'>
export type ReportPage = Answer<'/api/console/stores/{store_id}/shipping-reports'>
export type ReportRow = ReportPage['items'][number]
export type SheetReport = Full<Schemas['SheetReport']>
export type Category = Answer<'/api/console/stores/{store_id}/categories'>['items'][number]
export type CategoryInput = Full<Schemas['CategoryInput']>
export type ProductRow = Answer<'/api/console/stores/{store_id}/products'>['items'][number]
export type Product = Answer<'/api/console/stores/{store_id}/products/{product_id}'>
export type ProductInput = Full<Schemas['ProductInput']>
export type I18n = ProductInput['name']
export type Spec = ProductInput['specs'][number]
export type Sku = ProductInput['skus'][number]
export type ModifierGroup = ProductInput['modifiers'][number]
export type ImportReport = Full<Schemas['ImportReport']>
export type StockRow = Answer<'/api/console/stores/{store_id}/stock'>['items'][number]
export type Refusal = Answer<'/api/console/stores/{store_id}/refusals'>['items'][number]
export type StockLocation = Answer<'/api/console/stores/{store_id}/stock/locations'>['items'][number]
export type Movement = Answer<'/api/console/stores/{store_id}/stock/{sku_id}/movements'>['items'][number]
export type Settings = Answer<'/api/console/stores/{store_id}/settings'>
export type CounterState = Answer<'/api/console/stores/{store_id}/counter'>
export type StoreTable = Answer<'/api/console/stores/{store_id}/tables'>['items'][number]
export type Job = Answer<'/api/console/stores/{store_id}/jobs'>['items'][number]
export type FlashSaleRow = Answer<'/api/console/stores/{store_id}/flash'>['items'][number]
export type FlashSale = Answer<'/api/console/stores/{store_id}/flash/{sale_id}'>
export type FlashItem = FlashSale['items'][number]
export type FlashSaleInput = Schemas['FlashSaleInput']
export type FlashFigures = Answer<'/api/console/stores/{store_id}/flash/{sale_id}/figures'>
export type InboxEntry = Answer<'/api/console/stores/{store_id}/provider-inbox'>['items'][number]
export type LedgerAccount = Answer<'/api/console/stores/{store_id}/ledger/accounts'>['items'][number]
export type LedgerEntry = Answer<'/api/console/stores/{store_id}/ledger/entries'>['items'][number]
export type BillRuns = Answer<'/api/console/stores/{store_id}/reconciliation/runs'>
export type BillRun = BillRuns['items'][number]
export type BillDifference = Answer<'/api/console/stores/{store_id}/reconciliation/differences'>['items'][number]
export type SearchSettings = Answer<'/api/console/stores/{store_id}/search/settings'>
export type SearchedTerm = Answer<'/api/console/stores/{store_id}/search/terms'>['items'][number]
export type SplitReceiver = Answer<'/api/console/stores/{store_id}/settlement/receivers'>['items'][number]
export type SplitRule = Answer<'/api/console/stores/{store_id}/settlement/rules'>['items'][number]
export type SplitRules = Answer<'/api/console/stores/{store_id}/settlement/rules'>
export type OrderSplit = Answer<'/api/console/stores/{store_id}/settlement/splits'>['items'][number]
export type ConsoleWithdrawal = Answer<'/api/console/stores/{store_id}/settlement/withdrawals'>['items'][number]
export type SettlementStatement = Answer<'/api/console/stores/{store_id}/settlement/statement'>
export type ReturnPage = Answer<'/api/console/stores/{store_id}/returns'>
export type ReturnRow = ReturnPage['items'][number]
export type ReturnCase = Answer<'/api/console/stores/{store_id}/returns/{return_id}'>
export type ReturnStatus = ReturnRow['status']
export type ReturnAction = ReturnCase['actions'][number]
export type ReturnPolicy = Answer<'/api/console/stores/{store_id}/return-policy'>['policy']
export type AppealRow = Answer<'/api/console/stores/{store_id}/appeals'>['items'][number]
export type Connections = Answer<'/api/console/stores/{store_id}/connections'>
export type AppConnection = Connections['apps'][number]
export type PaymentConnection = NonNullable<Connections['payment']>
export type Applyment = Answer<'/api/console/stores/{store_id}/applyment'>
export type ApplymentField = keyof Applyment['form']
export type ApplymentPicture = Applyment['pictures'][number]
export type ConnectionName = AppConnection['kind'] | 'payment'
