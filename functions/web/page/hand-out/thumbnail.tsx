import type { HandOut } from './hand-out.ts'
import { useObjectUrl } from './use-object-url.ts'

/** A small view of the picture; of one that the browser cannot show, the kind of its file. */
export function Thumbnail({ item: { name, thumbnail } }: { item: HandOut }) {
  const address = useObjectUrl(thumbnail)
  if (!address)
    return (
      <span class="hand-out-picture hint" aria-hidden="true">
        {/[^.]*$/.exec(name)?.[0].slice(0, 5)}
      </span>
    )
  return <img class="hand-out-picture" src={address} alt="" />
}
