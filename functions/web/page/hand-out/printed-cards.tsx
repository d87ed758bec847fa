import { text } from '../../text.ts'
import { useApp } from '../app-context.ts'
import { qrCode } from '../photos/photo-links.ts'
import type { Ready } from './hand-out.ts'
import { linkOf, QR_SIDE } from './hand-out-links.ts'
import { Thumbnail } from './thumbnail.tsx'

const NAME = 'printed-cards'

/** What is printed, and nothing on the screen: one card on a page of its own, or several on sheets to be cut up. */
export function PrintedCards({ items }: { items: Ready[] }) {
  return (
    <div class={items.length === 1 ? `${NAME} printed-card` : NAME}>
      {items.map((item) => (
        <Card key={item.id} item={item} />
      ))}
    </div>
  )
}

function Card({ item }: { item: Ready }) {
  const { config } = useApp()
  const { upload } = item
  return (
    <div class="guest-card">
      <img
        class="qr"
        src={qrCode(linkOf(upload, config), QR_SIDE, config)}
        alt={text.handOut.qrAlt(upload.name)}
      />
      <div class="guest-card-about">
        <Thumbnail item={item} />
        <p class="guest-card-lead">{text.handOut.scanMe}</p>
        <p class="guest-card-name" dir="auto">
          {item.name}
        </p>
      </div>
    </div>
  )
}

/** Opens the browser's print dialog once the cards, which are being rendered, have their pictures. */
export async function printCards(printed: () => void): Promise<void> {
  // The next frame has the cards, the one after it the addresses of their thumbnails.
  for (let frames = 0; frames < 2; frames++) await new Promise(requestAnimationFrame)
  const pictures = [...document.querySelectorAll<HTMLImageElement>(`.${NAME} img`)]
  await Promise.all(pictures.map((picture) => picture.decode().catch(() => {})))
  addEventListener('afterprint', printed, { once: true })
  print()
}
