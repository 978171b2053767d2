import { DialogPlugin } from 'tdesign-vue-next'
import { onBeforeUnmount, onMounted, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { onBeforeRouteLeave } from 'vue-router'

/** Asks before changes are lost: on leaving the page inside the console, and on closing or reloading the window. */
export function useUnsaved(dirty: Readonly<Ref<boolean>>): void {
  const { t } = useI18n()

  onBeforeRouteLeave(
    () =>
      !dirty.value ||
      new Promise<boolean>((resolve) => {
        const dialog = DialogPlugin.confirm({
          header: t('common.unsavedTitle'),
          body: t('common.unsavedText'),
          confirmBtn: t('common.stay'),
          cancelBtn: { content: t('common.leave'), theme: 'default', variant: 'outline' },
          onConfirm: () => {
            dialog.destroy()
            resolve(false)
          },
          onClose: ({ trigger }) => {
            dialog.destroy()
            resolve(trigger === 'cancel')
          },
        })
      }),
  )

  function beforeUnload(event: BeforeUnloadEvent): void {
    if (dirty.value) event.preventDefault()
  }
  onMounted(() => window.addEventListener('beforeunload', beforeUnload))
  onBeforeUnmount(() => window.removeEventListener('beforeunload', beforeUnload))
}
