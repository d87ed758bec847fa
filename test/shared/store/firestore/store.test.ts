import { randomUUID } from 'node:crypto'
import { firestoreStore } from '../../../../shared/store/firestore/store.ts'
import { withEmulator } from '../../../emulators.ts'
import { storeContract } from '../contract/store.ts'

/** Checks are frequent, because the emulator drops notifications of writes made while a listener closes. */
const watch = { checkMs: 1_000, timeoutMs: 5_000, maxHeld: 20 }

withEmulator('firestore', (emulator) => {
  storeContract(
    'Firestore',
    async (clock) => {
      // In the emulator each project has its own database.
      const projectId = `demo-${randomUUID()}`
      const open = () => firestoreStore({ projectId, emulatorHost: emulator().host, now: clock, watch })
      let store = open()
      return {
        store,
        async reopen() {
          await store.close()
          store = open()
          return store
        },
        close: () => store.close(),
      }
    },
    { exactlyOnce: false, deletesExpired: true },
  )
})
