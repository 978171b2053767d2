// The buttons with which a person answers an application, as the platform's people (and the legal person, who signs) would.
const till = document.querySelector('.till')
for (const button of till.querySelectorAll('[data-state-to]')) {
  button.addEventListener('click', async () => {
    const state = button.dataset.stateTo
    const reasons =
      state === 'REJECTED'
        ? [{ param_name: till.querySelector('[data-field]').value, reject_reason: till.querySelector('[data-reason]').value }]
        : []
    const response = await fetch(`/_sandbox/applyments/${till.dataset.applymentId}/answer`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ state, reasons }),
    })
    if (response.ok) return location.reload()
    const result = till.querySelector('[data-result]')
    result.hidden = false
    result.querySelector('[data-result-text]').textContent = (await response.json()).message
  })
}
