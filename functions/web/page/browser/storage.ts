/** What is stored under the key; undefined if nothing is, or storage is blocked. */
export function read<T>(storage: Storage, key: string): T | undefined {
  try {
    const value = storage.getItem(key)
    return value === null ? undefined : (JSON.parse(value) as T)
  } catch {
    return undefined
  }
}

/** Where storage is blocked or full, a search cannot be resumed; everything else works. */
export function write(storage: Storage, key: string, value: unknown): void {
  try {
    if (value === undefined) storage.removeItem(key)
    else storage.setItem(key, JSON.stringify(value))
  } catch {
    storage.removeItem(key)
  }
}
