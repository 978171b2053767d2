import applyment from './applyment'
import catalog from './catalog'
import connections from './connections'
import common from './words'
import orders from './orders'
import shell from './shell'
import marketing from './marketing'
import money from './money'
import returns from './returns'
import settlement from './settlement'
import shop from './shop'

export const en = { ...common, ...shell, ...orders, ...catalog, ...connections, ...applyment, ...marketing, ...money, ...settlement, ...shop, ...returns }
