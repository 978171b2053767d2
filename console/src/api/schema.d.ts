// Interim types.
type Uuid = string; type Fen = number; type Time = string; type I18n = { zh: string; en: string }
interface Problem { type: string; title: string; status: number; detail: string; code: string; field?: string; errors?: { field: string; code: string; message: string }[]; data?: unknown }
interface Page<T> { items: T[]; next: string | null } // keyset cursor: pass as ?cursor=

interface Session { access_token: string; expires_in: number /*s, 900*/; refresh_token: string; customer: Customer }
interface Customer { id: Uuid; guest: boolean; nickname: string; avatar: string | null; phone_masked: string | null; locale: 'zh' | 'en' }

interface StoreCard { id: Uuid; slug: string; name: I18n; layout: 'menu' | 'grid'; logo: Picture | null; open: boolean; hours_text: I18n; address: I18n; lat: number | null; lng: number | null }
type DeliveryMethod = 'express' | 'delivery' | 'pickup' | 'dine_in'
interface StoreDetail extends StoreCard { currency: string; phone: string; notice: I18n; banner: Picture[]; theme: { seal?: string; seal_dark?: string };
  delivery_methods: DeliveryMethod[]; cutlery: boolean; packing_fee: Fen; delivery_min: Fen | null; free_shipping_over: Fen | null; hours: { day: number /*1=Mon*/; open: string /*"08:00"*/; close: string }[]; licence: { name: string; number: string } | null }
interface CounterState { store_id: Uuid; open: boolean; accepting: boolean /*paused?*/; pause_reason: I18n | null; orders_before: number }
interface Picture { id: Uuid; alt: string; tint: string /*#rrggbb average colour*/; urls: { s: string /*160*/; m: string /*400*/; l: string /*800*/; } ; width: number; height: number }
interface Category { id: Uuid; parent_id: Uuid | null; name: I18n; icon: Picture | null; product_count: number }
interface ProductCard { id: Uuid; name: I18n; subtitle: I18n; picture: Picture | null; price: Fen /*lowest*/; price_varies: boolean; list_price: Fen | null; sold: number; tags: Tag[]; category_id: Uuid; simple_sku: Uuid | null /*set when + can add at once*/ }
interface Tag { code: string; name: I18n }
interface Product extends ProductCard { store_id: Uuid; store_slug: string; description_html: I18n; pictures: Picture[]; delivery_methods: DeliveryMethod[];
  specs: { code: string; name: I18n; values: { code: string; name: I18n; picture: Picture | null }[] }[];
  skus: { id: Uuid; values: string[] /*value codes in spec order*/; price: Fen; list_price: Fen | null; picture: Picture | null; limit: number | null }[];
  modifiers: ModifierGroup[] }
interface ModifierGroup { code: string; name: I18n; min: number; max: number; options: { code: string; name: I18n; price: Fen; default: boolean }[] }

interface Chosen { group: string; option: string }
interface CartLine { id: Uuid; sku_id: Uuid; product_id: Uuid; name: I18n; spec_text: I18n; modifiers_text: I18n; modifiers: Chosen[]; picture: Picture | null; quantity: number; selected: boolean; unit_price: Fen /*now, with modifiers*/; added_unit_price: Fen; amount: Fen; flag: null | 'off_shelf' | 'sold_out' | 'short' | 'price_changed'; available: number; limit: number | null }
interface Cart { stores: { store: StoreCard; lines: CartLine[]; selected_total: Fen }[]; count: number; selected_count: number; selected_total: Fen }

interface BasketLine { key: string /*client's own or cart line id*/; sku_id: Uuid; modifiers: Chosen[]; quantity: number }
interface QuoteRequest { store_id: Uuid; lines: BasketLine[]; delivery_method: DeliveryMethod; address_id?: Uuid; region_code?: string; table_code?: string; cutlery?: number }
interface Quote { store_id: Uuid; currency: string; lines: { key: string; sku_id: Uuid; name: I18n; spec_text: I18n; modifiers_text: I18n; picture: Picture | null; quantity: number; unit_price: Fen; amount: Fen; discount: Fen; payable: Fen }[];
  adjustments: { kind: string; label: I18n; amount: Fen }[]; items_total: Fen; packing_fee: Fen; shipping_fee: Fen; discount_total: Fen; tax: Fen; total: Fen;
  shortfall: Fen | null /*missing to the minimum for delivery*/; problems: { code: string; message: string; key?: string }[] /*why it cannot be placed now: out_of_range, below_minimum, out_of_stock, off_shelf, closed, paused, address_needed, table_needed, over_limit*/; trace: { step: string; text: I18n; amount: Fen }[]; fingerprint: string }
interface PlaceRequest { orders: (QuoteRequest & { expected_total: Fen; remark?: string; from_cart?: boolean /*remove these cart lines; keys are cart line ids*/; contact?: { name: string; phone: string } /*pick-up*/ })[]; channel: 'mp' | 'h5' }
type OrderStatus = 'pending_payment' | 'closing' | 'cancelled' | 'paid' | 'preparing' | 'fulfilled' | 'completed'
interface OrderSummary { id: Uuid; number: string; store: StoreCard; status: OrderStatus; refund_status: null | 'processing' | 'refunded'; delivery_method: DeliveryMethod; total: Fen; currency: string; quantity: number; placed_at: Time; pay_by: Time | null; pickup_number: string | null; lines: { name: I18n; spec_text: I18n; picture: Picture | null; quantity: number }[]; actions: OrderAction[] }
type OrderAction = 'pay' | 'cancel' | 'receive' | 'reorder'
interface Order extends OrderSummary { lines: OrderLine[]; items_total: Fen; packing_fee: Fen; shipping_fee: Fen; discount_total: Fen; tax: Fen; paid_amount: Fen; refunded_amount: Fen; trace: Quote['trace']; remark: string; cutlery: number; table: { code: string; name: string } | null;
  address: { recipient: string; phone_masked: string; text: string } | null; pickup_code: string | null /*4–6 digits shown to the buyer only*/; orders_before: number | null; fulfillments: Fulfillment[]; timeline: TimelineEvent[]; paid_at: Time | null; completed_at: Time | null; refunds: { id: Uuid; amount: Fen; status: 'requested' | 'processing' | 'succeeded' | 'abnormal' | 'closed'; reason: string; at: Time }[] }
interface OrderLine { id: Uuid; sku_id: Uuid; product_id: Uuid; name: I18n; spec_text: I18n; modifiers_text: I18n; modifiers: Chosen[]; picture: Picture | null; quantity: number; unit_price: Fen; amount: Fen; discount: Fen; payable: Fen }
interface Fulfillment { id: Uuid; kind: 'express' | 'delivery' | 'pickup' | 'dine_in'; status: 'packed' | 'shipped' | 'delivered' | 'making' | 'ready' | 'handed_over' | 'assigned' | 'picked'; carrier: string | null; carrier_name: I18n | null; waybill: string | null; shipped_at: Time | null; delivered_at: Time | null; lines: { order_line_id: Uuid; quantity: number }[] }
interface TimelineEvent { id: Uuid; kind: string /*placed, paid, preparing, ready, shipped, handed_over, delivered, completed, closing, cancelled, refund_requested, refunded, …*/; text: I18n; actor: 'buyer' | 'merchant' | 'system' | 'platform'; actor_name: string; reason: string; at: Time }
interface PaymentAttempt { id: Uuid; order_id: Uuid; method: string; status: 'created' | 'pending' | 'succeeded' | 'closed' | 'failed'; amount: Fen; expires_at: Time; pay: { jsapi?: { appId: string; timeStamp: string; nonceStr: string; package: string; signType: 'RSA'; paySign: string }; h5_url?: string; code_url?: string } | null }
interface Address { id: Uuid; recipient: string; phone: string; region_code: string /*6- or 9-digit*/; province: string; city: string; district: string; street: string; detail: string; lat: number | null; lng: number | null; tag: '' | 'home' | 'work' | 'school'; is_default: boolean }


interface StaffSession { staff: { id: Uuid; login: string; name: string; must_change_password: boolean }; csrf: string; stores: { id: Uuid; slug: string; name: I18n; layout: 'menu' | 'grid'; currency: string; role: string; permissions: string[] }[] }
interface Figures { paid_amount: Fen; paid_orders: number; buyers: number; average: Fen; refunded: Fen }
interface ConsoleOrderRow { id: Uuid; number: string; status: OrderStatus; refund_status: null | string; delivery_method: DeliveryMethod; total: Fen; quantity: number; first_line: I18n; line_count: number; buyer: string; pickup_number: string | null; table: string | null; placed_at: Time; paid_at: Time | null; actions: MerchantAction[] }
type MerchantAction = 'prepare' | 'ready' | 'ship' | 'out_for_delivery' | 'deliver' | 'hand_over' | 'complete' | 'cancel'
interface ConsoleOrder extends ConsoleOrderRow { currency: string; lines: (OrderLine & { fulfilled: number; refunded: number; sku_code: string })[]; items_total: Fen; packing_fee: Fen; shipping_fee: Fen; discount_total: Fen; tax: Fen; paid_amount: Fen; refunded_amount: Fen; trace: Quote['trace']; remark: string; cutlery: number; contact: { name: string; phone_masked: string } | null; address: { recipient: string; phone_masked: string; text: string } | null; fulfillments: Fulfillment[]; timeline: TimelineEvent[]; refunds: Order['refunds']; payments: { id: Uuid; method: string; status: string; amount: Fen; transaction_id: string | null; created_at: Time }[]; shipping_report: { state: 'none' | 'waiting' | 'sent' | 'failed'; error: string | null } }
interface ConsoleProductRow { id: Uuid; code: string; name: I18n; picture: Picture | null; status: 'draft' | 'on' | 'off'; category_id: Uuid; price: Fen; price_max: Fen; sku_count: number; on_hand: number; available: number; sold: number; updated_at: Time }
interface ProductInput { code: string; category_id: Uuid; name: I18n; subtitle: I18n; description_html: I18n; status: 'draft' | 'on' | 'off'; tags: string[]; picture_ids: Uuid[]; delivery_methods: DeliveryMethod[]; list_price: Fen | null; sort: number; specs: { code: string; name: I18n; values: { code: string; name: I18n; picture_id: Uuid | null }[] }[]; skus: { id?: Uuid | null; code: string; values: string[]; price: Fen; list_price: Fen | null; weight_g: number; limit: number | null; picture_id: Uuid | null; stock?: number | null /*initial, only for new SKUs*/ }[]; modifiers: ModifierGroup[]; version?: number | null /*required on update: 409 conflict when stale*/ }
interface ConsoleProduct extends ProductInput { id: Uuid; version: number; pictures: Picture[]; updated_at: Time }
interface ImportReport { dry_run: boolean; products: number; skus: number; created: number; updated: number; errors: { sheet: string; row: number; column: string; code: string; message: string }[] }
interface StockRow { sku_id: Uuid; product_id: Uuid; code: string; name: I18n; spec_text: I18n; picture: Picture | null; on_hand: number; reserved: number; available: number; sold_out: boolean; updated_at: Time }
interface StoreSettings { version: number; name: I18n; phone: string; address: I18n; lat: number | null; lng: number | null; notice: I18n; logo_id: Uuid | null; banner_ids: Uuid[]; pictures: Picture[] /*read only: logo and banners resolved*/; theme: { seal?: string | null; seal_dark?: string | null }; hours: { day: number; open: string; close: string }[]; delivery_methods: DeliveryMethod[]; packing_fee: Fen; cutlery: boolean; payment_minutes: number /*to pay before it is closed, default 15*/; auto_complete_days: number;
  express: { rules: { regions: string[] /*code prefixes; [] = everywhere else*/; first_g: number; first_fee: Fen; next_g: number; next_fee: Fen }[]; free_over: Fen | null; refused_regions: string[] }; delivery: { radius_m: number; bands: { up_to_m: number; fee: Fen }[]; min_total: Fen; free_over: Fen | null }; message_templates: { event: 'paid' | 'ready' | 'shipped' | 'refunded'; template_id: string }[]; licence: { name: string; number: string } | null }

interface Dashboard { today: Figures; last_week: Figures; by_hour: {hour:number;orders:number;paid:Fen}[]; todo: {to_ship:number;to_prepare:number;to_hand_over:number;refunds:number;low_stock:number;dead_jobs:number}; top: {product_id:Uuid;name:I18n;quantity:number;amount:Fen}[] }
interface OrderPage extends Page<ConsoleOrderRow> { counts: Record<string, number> }
interface ProductPage extends Page<ConsoleProductRow> {}
interface StockPage extends Page<StockRow> {}
interface Movement { id: Uuid; kind: 'receive'|'adjust'|'reserve'|'release'|'deduct'|'restock'; on_hand_delta: number; reserved_delta: number; on_hand_after: number; reserved_after: number; reason: string; actor: string; order_number: string | null; at: Time }
interface MovementPage extends Page<Movement> {}
interface ConsoleCategory extends Category { sort: number; visible: boolean }
interface CategoryInput { parent_id: Uuid | null; name: I18n; icon_id: Uuid | null; sort: number; visible: boolean }
interface StoreTable { id: Uuid; code: string; name: string; qr_url: string }
interface Job { id: Uuid; kind: string; state: string; attempts: number; due_at: Time; last_error: string | null; payload_summary: string }
interface JobPage extends Page<Job> {}

export interface components { schemas: {
  Uuid: Uuid;
  Problem: Problem;
  Session: Session;
  Customer: Customer;
  StoreCard: StoreCard;
  DeliveryMethod: DeliveryMethod;
  StoreDetail: StoreDetail;
  CounterState: CounterState;
  Picture: Picture;
  Category: Category;
  ProductCard: ProductCard;
  Tag: Tag;
  Product: Product;
  ModifierGroup: ModifierGroup;
  Chosen: Chosen;
  CartLine: CartLine;
  Cart: Cart;
  BasketLine: BasketLine;
  QuoteRequest: QuoteRequest;
  Quote: Quote;
  PlaceRequest: PlaceRequest;
  OrderStatus: OrderStatus;
  OrderSummary: OrderSummary;
  OrderAction: OrderAction;
  Order: Order;
  OrderLine: OrderLine;
  Fulfillment: Fulfillment;
  TimelineEvent: TimelineEvent;
  PaymentAttempt: PaymentAttempt;
  Address: Address;
  StaffSession: StaffSession;
  Figures: Figures;
  ConsoleOrderRow: ConsoleOrderRow;
  MerchantAction: MerchantAction;
  ConsoleOrder: ConsoleOrder;
  ConsoleProductRow: ConsoleProductRow;
  ProductInput: ProductInput;
  ConsoleProduct: ConsoleProduct;
  ImportReport: ImportReport;
  StockRow: StockRow;
  StoreSettings: StoreSettings;
  I18n: I18n;
  Dashboard: Dashboard;
  OrderPage: OrderPage;
  ProductPage: ProductPage;
  StockPage: StockPage;
  Movement: Movement;
  MovementPage: MovementPage;
  ConsoleCategory: ConsoleCategory;
  CategoryInput: CategoryInput;
  StoreTable: StoreTable;
  Job: Job;
  JobPage: JobPage;
} }
export interface paths {
  '/api/console/session': {
    post: { parameters: { query?: never; header?: never; path?: never; cookie?: never }; requestBody: { content: { 'application/json': {login:string;password:string} } }; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': StaffSession } } } };
    get: { parameters: { query?: never; header?: never; path?: never; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': StaffSession } } } };
    delete: { parameters: { query?: never; header?: never; path?: never; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': never } } } };
  };
  '/api/console/session/password': {
    post: { parameters: { query?: never; header?: never; path?: never; cookie?: never }; requestBody: { content: { 'application/json': {old_password:string;new_password:string} } }; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': StaffSession } } } };
  };
  '/api/console/live/ticket': {
    post: { parameters: { query?: never; header?: never; path?: never; cookie?: never }; requestBody: { content: { 'application/json': {store_id:string} } }; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': {ticket:string;expires_in:number} } } } };
  };
  '/api/console/stores/{store_id}/dashboard': {
    get: { parameters: { query?: never; header?: never; path: {store_id: string}; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': Dashboard } } } };
  };
  '/api/console/stores/{store_id}/orders': {
    get: { parameters: { query?: {status?:string;method?:string;from?:string;to?:string;q?:string;cursor?:string;limit?:number}; header?: never; path: {store_id: string}; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': OrderPage } } } };
  };
  '/api/console/stores/{store_id}/orders/find': {
    get: { parameters: { query: {pickup_code:string}; header?: never; path: {store_id: string}; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': ConsoleOrderRow } } } };
  };
  '/api/console/stores/{store_id}/orders/{order_id}': {
    get: { parameters: { query?: never; header?: never; path: {store_id: string;order_id: string}; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': ConsoleOrder } } } };
  };
  '/api/console/stores/{store_id}/orders/{order_id}/contact': {
    get: { parameters: { query?: never; header?: never; path: {store_id: string;order_id: string}; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': {recipient:string;phone:string;text:string} } } } };
  };
  '/api/console/stores/{store_id}/orders/{order_id}/prepare': {
    post: { parameters: { query?: never; header?: never; path: {store_id: string;order_id: string}; cookie?: never }; requestBody: { content: { 'application/json': Record<string,never> } }; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': ConsoleOrder } } } };
  };
  '/api/console/stores/{store_id}/orders/{order_id}/ready': {
    post: { parameters: { query?: never; header?: never; path: {store_id: string;order_id: string}; cookie?: never }; requestBody: { content: { 'application/json': Record<string,never> } }; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': ConsoleOrder } } } };
  };
  '/api/console/stores/{store_id}/orders/{order_id}/out-for-delivery': {
    post: { parameters: { query?: never; header?: never; path: {store_id: string;order_id: string}; cookie?: never }; requestBody: { content: { 'application/json': Record<string,never> } }; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': ConsoleOrder } } } };
  };
  '/api/console/stores/{store_id}/orders/{order_id}/deliver': {
    post: { parameters: { query?: never; header?: never; path: {store_id: string;order_id: string}; cookie?: never }; requestBody: { content: { 'application/json': Record<string,never> } }; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': ConsoleOrder } } } };
  };
  '/api/console/stores/{store_id}/orders/{order_id}/complete': {
    post: { parameters: { query?: never; header?: never; path: {store_id: string;order_id: string}; cookie?: never }; requestBody: { content: { 'application/json': Record<string,never> } }; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': ConsoleOrder } } } };
  };
  '/api/console/stores/{store_id}/orders/{order_id}/ship': {
    post: { parameters: { query?: never; header?: never; path: {store_id: string;order_id: string}; cookie?: never }; requestBody: { content: { 'application/json': {carrier:string;waybill:string;lines?:{order_line_id:string;quantity:number}[]} } }; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': ConsoleOrder } } } };
  };
  '/api/console/stores/{store_id}/orders/{order_id}/hand-over': {
    post: { parameters: { query?: never; header?: never; path: {store_id: string;order_id: string}; cookie?: never }; requestBody: { content: { 'application/json': {code?:string} } }; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': ConsoleOrder } } } };
  };
  '/api/console/stores/{store_id}/orders/{order_id}/cancel': {
    post: { parameters: { query?: never; header: {"Idempotency-Key":string}; path: {store_id: string;order_id: string}; cookie?: never }; requestBody: { content: { 'application/json': {reason:string;restock:boolean;notify:boolean} } }; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': ConsoleOrder } } } };
  };
  '/api/console/stores/{store_id}/carriers': {
    get: { parameters: { query?: never; header?: never; path: {store_id: string}; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': {items:{code:string;name:I18n}[]} } } } };
  };
  '/api/console/stores/{store_id}/categories': {
    get: { parameters: { query?: never; header?: never; path: {store_id: string}; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': {items:ConsoleCategory[]} } } } };
    post: { parameters: { query?: never; header?: never; path: {store_id: string}; cookie?: never }; requestBody: { content: { 'application/json': CategoryInput } }; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': ConsoleCategory } } } };
  };
  '/api/console/stores/{store_id}/categories/{category_id}': {
    put: { parameters: { query?: never; header?: never; path: {store_id: string;category_id: string}; cookie?: never }; requestBody: { content: { 'application/json': CategoryInput } }; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': ConsoleCategory } } } };
    delete: { parameters: { query?: never; header?: never; path: {store_id: string;category_id: string}; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': never } } } };
  };
  '/api/console/stores/{store_id}/products': {
    get: { parameters: { query?: {status?:string;category?:string;q?:string;cursor?:string;limit?:number}; header?: never; path: {store_id: string}; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': ProductPage } } } };
    post: { parameters: { query?: never; header?: never; path: {store_id: string}; cookie?: never }; requestBody: { content: { 'application/json': ProductInput } }; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': ConsoleProduct } } } };
  };
  '/api/console/stores/{store_id}/products/status': {
    post: { parameters: { query?: never; header?: never; path: {store_id: string}; cookie?: never }; requestBody: { content: { 'application/json': {ids:string[];status:'on'|'off'} } }; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': {changed:number} } } } };
  };
  '/api/console/stores/{store_id}/products/{product_id}': {
    get: { parameters: { query?: never; header?: never; path: {store_id: string;product_id: string}; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': ConsoleProduct } } } };
    put: { parameters: { query?: never; header?: never; path: {store_id: string;product_id: string}; cookie?: never }; requestBody: { content: { 'application/json': ProductInput } }; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': ConsoleProduct } } } };
  };
  '/api/console/stores/{store_id}/pictures': {
    post: { parameters: { query?: never; header?: never; path: {store_id: string}; cookie?: never }; requestBody: { content: { 'multipart/form-data': { file: string } } }; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': Picture } } } };
  };
  '/api/console/stores/{store_id}/products/import': {
    post: { parameters: { query: {dry_run:boolean}; header?: never; path: {store_id: string}; cookie?: never }; requestBody: { content: { 'multipart/form-data': { file: string } } }; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': ImportReport } } } };
  };
  '/api/console/stores/{store_id}/stock': {
    get: { parameters: { query?: {q?:string;low?:boolean;cursor?:string;limit?:number}; header?: never; path: {store_id: string}; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': StockPage } } } };
  };
  '/api/console/stores/{store_id}/stock/adjust': {
    post: { parameters: { query?: never; header: {"Idempotency-Key":string}; path: {store_id: string}; cookie?: never }; requestBody: { content: { 'application/json': {items:{sku_id:string;delta?:number;on_hand?:number}[];reason:string} } }; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': {items:StockRow[]} } } } };
  };
  '/api/console/stores/{store_id}/stock/sold-out': {
    post: { parameters: { query?: never; header?: never; path: {store_id: string}; cookie?: never }; requestBody: { content: { 'application/json': {sku_ids:string[];sold_out:boolean} } }; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': {items:StockRow[]} } } } };
  };
  '/api/console/stores/{store_id}/stock/{sku_id}/movements': {
    get: { parameters: { query?: {cursor?:string;limit?:number}; header?: never; path: {store_id: string;sku_id: string}; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': MovementPage } } } };
  };
  '/api/console/stores/{store_id}/settings': {
    get: { parameters: { query?: never; header?: never; path: {store_id: string}; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': StoreSettings } } } };
    put: { parameters: { query?: never; header?: never; path: {store_id: string}; cookie?: never }; requestBody: { content: { 'application/json': StoreSettings } }; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': StoreSettings } } } };
  };
  '/api/console/stores/{store_id}/pause': {
    post: { parameters: { query?: never; header?: never; path: {store_id: string}; cookie?: never }; requestBody: { content: { 'application/json': {paused:boolean;reason?:I18n;minutes?:number} } }; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': CounterState } } } };
  };
  '/api/console/stores/{store_id}/counter': {
    get: { parameters: { query?: never; header?: never; path: {store_id: string}; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': CounterState } } } };
  };
  '/api/console/stores/{store_id}/tables': {
    get: { parameters: { query?: never; header?: never; path: {store_id: string}; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': {items:StoreTable[]} } } } };
    post: { parameters: { query?: never; header?: never; path: {store_id: string}; cookie?: never }; requestBody: { content: { 'application/json': {code:string;name:string} } }; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': StoreTable } } } };
  };
  '/api/console/stores/{store_id}/tables/{table_id}': {
    delete: { parameters: { query?: never; header?: never; path: {store_id: string;table_id: string}; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': never } } } };
  };
  '/api/console/stores/{store_id}/jobs': {
    get: { parameters: { query?: {state?:string;cursor?:string;limit?:number}; header?: never; path: {store_id: string}; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': JobPage } } } };
  };
  '/api/console/stores/{store_id}/jobs/{job_id}/replay': {
    post: { parameters: { query?: never; header?: never; path: {store_id: string;job_id: string}; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': never } } } };
  };
}
export type operations = Record<string, never>;
