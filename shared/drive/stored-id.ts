/** Apart from the ids of Google's Drive and of photos that are served as one. */
const STORED_ID = /^stored_[\w-]{32}$/

/** Whether the id is one of an upload that is kept on this machine; see folder-upload.ts. */
export function isStoredId(id: string): boolean {
  return STORED_ID.test(id)
}
