import { options } from '../package.js'

/** Ask the sandbox's control interface; throws with its words when it refuses. */
export async function askSandbox(path, body) {
  const answer = await fetch(options.sandbox + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${answer.status} ${text.slice(0, 200)}`)
  return text ? JSON.parse(text) : {}
}
