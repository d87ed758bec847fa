import { useState } from 'preact/hooks'
import { useWord, type Word } from '../../photos/verdicts/verdicts.ts'
import { loadVerdicts, saveVerdicts } from '../searches/stored-searches.ts'

/** What the guest says of the photos of a search; kept in this browser with it. */
export function useVerdicts(scanId: string): Word {
  const [said, setSaid] = useState(() => ({ scanId, verdicts: loadVerdicts(scanId) }))
  const { verdicts } = said.scanId === scanId ? said : { verdicts: loadVerdicts(scanId) }
  return useWord(verdicts, (next) => {
    setSaid({ scanId, verdicts: next })
    saveVerdicts(scanId, next)
  })
}
