import { randomUUID } from 'node:crypto'
import { firestoreStore } from '../../../shared/store/firestore.ts'
import { withEmulator } from '../../emulators.ts'
import { storeContract } from './contract.ts'

withEmulator('firestore', (emulator) => {
  storeContract(
    'Firestore',
    async (clock) => {
      // Each project of the emulator is a database of its own.
      const projectId = `demo-${randomUUID()}`
      const open = () => firestoreStore({ projectId, emulatorHost: emulator().host, now: clock })
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
    { exactlyOnce: false },
  )
})
