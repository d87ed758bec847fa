import { useState } from 'preact/hooks'
import { enterSearch, replaceSearch, searchOfEntry, useSearchSteps } from '../../browser/history-entries.ts'
import { findSearch, loadShown, type StoredScan, saveShown } from './stored-searches.ts'

/**
 * The search whose results are shown, undefined for the form. Each has an entry in the history: Back leads from results to the form,
 * from the form of a new search back to the results.
 */
export function useShownSearch(onChange: (shown: StoredScan | undefined) => void) {
  const [scan, setScan] = useState(firstShown)
  const [left, setLeft] = useState<string>()

  function show(next: StoredScan | undefined) {
    saveShown(next)
    setLeft(next ? undefined : scan?.scan_id)
    setScan(next)
    onChange(next)
    scrollTo(0, 0)
  }

  useSearchSteps(scan?.scan_id, (scanId) => {
    const next = scanId === undefined ? undefined : findSearch(scanId)
    show(next)
    // It is gone, or continues under another id.
    if (next?.scan_id !== scanId) replaceSearch(next?.scan_id)
  })

  return {
    scan,
    /** The scan id of the search that was left for the form last. */
    left,
    open(next: StoredScan) {
      show(next)
      enterSearch(next.scan_id)
    },
    /** Shows a search that continues the one that is shown. */
    continueAs(next: StoredScan) {
      show(next)
      replaceSearch(next.scan_id)
    },
    leave() {
      show(undefined)
      enterSearch()
    },
    /** Shows the form in place of results that are gone. */
    erased() {
      show(undefined)
      replaceSearch()
    },
  }
}

function firstShown(): StoredScan | undefined {
  const entry = searchOfEntry()
  const scan = entry === undefined ? loadShown() : findSearch(entry)
  if (scan) saveShown(scan)
  return scan
}
