// The one code space in which the package's components live.
import * as glass from 'glass-easel'
import { MiniProgramEnv } from 'glass-easel-miniprogram-adapter'
import { connectEvents } from './events.js'

const environment = new MiniProgramEnv()
export const space = environment.createCodeSpace('', true)
const context = new glass.CurrentWindowBackendContext()
connectEvents(context)
export const backend = environment.associateBackend(context)
export const dom = (component) => component._$.getBackendElement()
