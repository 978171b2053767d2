/** Calls back as the platform does, and gives a promise where no callback was handed in. */
export function succeed(options, name, result = {}) {
  const answer = { errMsg: `${name}:ok`, ...result }
  if (!options?.success && !options?.complete && !options?.fail) return Promise.resolve(answer)
  options.success?.(answer)
  options.complete?.(answer)
  return undefined
}

export function fail(options, name, why, extra = {}) {
  const answer = { errMsg: `${name}:fail ${why}`, ...extra }
  if (!options?.success && !options?.complete && !options?.fail) return Promise.reject(answer)
  options.fail?.(answer)
  options.complete?.(answer)
  return undefined
}

/** Runs `work` and answers with its result, or with its failure. */
export function settle(options, name, work) {
  const waiting = work().then((result) => ({ result }), (fault) => ({ fault }))
  const answer = ({ result, fault }) => (fault ? fail(options, name, fault.message ?? fault, fault.extra) : succeed(options, name, result))
  if (options?.success || options?.complete || options?.fail) { waiting.then(answer); return undefined }
  return waiting.then(answer)
}
