type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/** Kept when the browser is closed. */
export const local = opened('localStorage')
/** Kept until the tab is closed. */
export const session = opened('sessionStorage')

/** Where storage is blocked, even its name throws. What is stored lasts as long as the page then. */
function opened(name: 'localStorage' | 'sessionStorage'): Store {
  try {
    return globalThis[name]
  } catch {
    const values = new Map<string, string>()
    return {
      getItem: (key) => values.get(key) ?? null,
      setItem: (key, value) => void values.set(key, value),
      removeItem: (key) => void values.delete(key),
    }
  }
}

/** What is stored under the key; undefined if nothing is. */
export function read<T>(storage: Store, key: string): T | undefined {
  try {
    const value = storage.getItem(key)
    return value === null ? undefined : (JSON.parse(value) as T)
  } catch {
    return undefined
  }
}

/** Where storage is full, a search cannot be resumed; everything else works. */
export function write(storage: Store, key: string, value: unknown): void {
  try {
    if (value === undefined) storage.removeItem(key)
    else storage.setItem(key, JSON.stringify(value))
  } catch {
    storage.removeItem(key)
  }
}
