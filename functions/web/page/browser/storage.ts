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

/** What is stored under the key; undefined if nothing is. Callers look whether it is what they wrote, see `isStored`. */
export function read<T = unknown>(storage: Store, key: string): T | undefined {
  try {
    const value = storage.getItem(key)
    return value === null ? undefined : (JSON.parse(value) as T)
  } catch {
    return undefined
  }
}

/**
 * Whether a stored value has these fields: another version of the page, or another page at the same address, such as that of
 * another program on this machine, may have stored something else.
 */
export function isStored<T extends object>(
  value: unknown,
  fields: Partial<Record<keyof T, 'string' | 'number' | 'boolean' | 'object'>>,
): value is T {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(fields).every(([name, type]) => {
    const field = (value as Record<string, unknown>)[name]
    return typeof field === type && field !== null
  })
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
