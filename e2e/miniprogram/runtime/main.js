// Starts the packed mini-program: events, modules, built-in components, the wx API, then the first page.
import { registerBuiltins } from './builtins/index.js'
import { installModules, requireModule } from './modules.js'
import { openFirst } from './pages.js'
import { reportErrors } from './events.js'
import { installWx, launchOptions } from './wx/index.js'

window.global = window
reportErrors()
installWx()
registerBuiltins()
const app = installModules()
requireModule('app.js')
app.current.onLaunch?.(launchOptions())
app.current.onShow?.(launchOptions())
openFirst()
window.__ready = true
