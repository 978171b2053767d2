import {
  CheckCircleIcon,
  DashboardIcon,
  FileExcelIcon,
  LayersIcon,
  MoneyIcon,
  OrderIcon,
  RollbackIcon,
  RootListIcon,
  SearchIcon,
  SettingIcon,
  StoreIcon,
  TimeIcon,
  ToolsIcon,
  UploadIcon,
  ViewListIcon,
  WalletIcon,
} from 'tdesign-icons-vue-next'
import type { Component } from 'vue'

export interface Place {
  name: string
  to: string
  icon: Component
  /** Routes that belong to this place besides its own. */
  also?: string[]
  /** Who lacks this permission does not see the place. */
  needs?: string
}

export const PLACES: Place[] = [
  { name: 'dashboard', to: '/', icon: DashboardIcon },
  { name: 'board', to: '/board', icon: CheckCircleIcon },
  { name: 'orders', to: '/orders', icon: OrderIcon, also: ['order'] },
  { name: 'returns', to: '/returns', icon: RollbackIcon, also: ['return', 'return-rules', 'appeals'] },
  { name: 'shipping', to: '/shipping', icon: UploadIcon, also: ['shipping-reports'] },
  { name: 'products', to: '/products', icon: ViewListIcon, also: ['product', 'product-new'] },
  { name: 'categories', to: '/categories', icon: RootListIcon },
  { name: 'import', to: '/import', icon: FileExcelIcon },
  { name: 'stock', to: '/stock', icon: LayersIcon },
  { name: 'flash', to: '/flash', icon: TimeIcon, also: ['flash-new', 'flash-sale', 'flash-figures'] },
  { name: 'money', to: '/money', icon: WalletIcon, needs: 'money.read', also: ['money-entries', 'money-trial', 'money-bills', 'money-differences', 'money-inbox', 'money-refusals'] },
  { name: 'platform', to: '/platform', icon: WalletIcon, needs: 'platform.read', also: ['platform-entries', 'platform-trial'] },
  { name: 'settlement', to: '/settlement', icon: MoneyIcon, also: ['settlement-splits', 'settlement-withdrawals', 'settlement-statement'] },
  { name: 'searching', to: '/search', icon: SearchIcon, also: ['searching-words'] },
  { name: 'settings', to: '/settings', icon: SettingIcon },
  { name: 'jobs', to: '/jobs', icon: ToolsIcon },
]

/** What a thumb reaches on a phone; the rest is behind "more". */
export const PHONE_PLACES = ['dashboard', 'board', 'orders', 'products']

export { StoreIcon }
