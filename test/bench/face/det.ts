import type { DetPoint } from '../../../infra/nets/curve.ts'

interface Line {
  name: string
  points: readonly DetPoint[]
  /** The point at the distance that counts as a match. */
  match: DetPoint
}

const WIDTH = 640
const HEIGHT = 420
const PLOT = { left: 64, top: 64, width: 540, height: 292 }
/** Colours that people with any colour vision tell apart (Okabe and Ito), and dashes for print. */
const STYLES = [
  { colour: '#d55e00', dash: '2 4' },
  { colour: '#0072b2', dash: '8 4' },
  { colour: '#000000', dash: '' },
]
/** Lines across, and how much there may be between two of them. */
const ROWS = 5
const STEPS = [0.01, 0.02, 0.05, 0.1]
/** Largest share of strangers that is drawn: nobody wants more of them. */
const LARGEST = 0.1

/**
 * Detection error trade-off as SVG: for every share of strangers that is let in, on a logarithmic axis, the share of the
 * same person's pairs that is missed. A dot stands where
 * matches begin.
 *
 * @param strangers pairs of strangers: no line starts left of one of them
 */
export function drawDet(title: string, strangers: number, lines: readonly Line[]): string {
  const decades = Math.floor(Math.log10(strangers))
  const highest = Math.max(
    ...lines.flatMap(({ points, match }) => [...points, match].map(({ missed }) => missed)),
  )
  const step = STEPS.find((size) => ROWS * size >= highest) ?? 0.2
  const top = ROWS * step
  const from = -Math.log10(strangers)
  const to = Math.log10(LARGEST)
  const x = (share: number) => round(PLOT.left + (PLOT.width * (Math.log10(share) - from)) / (to - from))
  const y = (missed: number) => round(PLOT.top + PLOT.height * (1 - missed / top))
  const right = PLOT.left + PLOT.width
  const bottom = PLOT.top + PLOT.height

  const columns = Array.from({ length: decades }, (_, i) => 10 ** (i - decades)).map(
    (share) =>
      `<path class="grid" d="M${x(share)} ${PLOT.top}V${bottom}"/>` +
      `<text x="${x(share)}" y="${bottom + 18}" text-anchor="middle">${percent(share)}</text>`,
  )
  const rows = Array.from({ length: ROWS + 1 }, (_, i) => step * i).map(
    (missed) =>
      `<path class="grid" d="M${PLOT.left} ${y(missed)}H${right}"/>` +
      `<text x="${PLOT.left - 8}" y="${y(missed) + 4}" text-anchor="end">${percent(missed)}</text>`,
  )
  const drawn = lines.map(({ name, points, match }, i) => {
    const { colour = '', dash = '' } = STYLES[i % STYLES.length] ?? {}
    const stroke = `stroke="${colour}" stroke-dasharray="${dash}"`
    const path = points
      .filter(({ share }) => share <= LARGEST)
      .map(({ share, missed }) => `${x(share)} ${y(missed)}`)
      .join('L')
    const key = PLOT.left + 180 * i
    // No stranger confused has no place on a logarithmic axis: the dot stands where one would be.
    const dotX = x(Math.min(LARGEST, Math.max(match.share, 1 / strangers)))
    const dot = `<circle cx="${dotX}" cy="${y(match.missed)}" r="4" fill="${colour}"/>`
    return (
      `<path class="line" ${stroke} d="M${path}"/>${dot}` +
      `<path class="line" ${stroke} d="M${key} 44h28"/><text x="${key + 36}" y="48">${escapeXml(name)}</text>`
    )
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}">
<style>text{font:12px sans-serif;fill:#333}.grid{stroke:#ddd}.line{fill:none;stroke-width:2}</style>
<rect width="100%" height="100%" fill="#fff"/>
<text x="${PLOT.left}" y="24" style="font-size:15px">${escapeXml(title)}</text>
${[...columns, ...rows, ...drawn].join('\n')}
<text x="${PLOT.left + PLOT.width / 2}" y="${HEIGHT - 16}" text-anchor="middle">pairs of strangers confused, of ${strangers.toLocaleString('en')} (dots: matches as they are)</text>
<text transform="translate(16 ${PLOT.top + PLOT.height / 2}) rotate(-90)" text-anchor="middle">pairs of the same person missed</text>
</svg>
`
}

const round = (value: number) => Math.round(10 * value) / 10
const percent = (share: number) => `${Number((100 * share).toPrecision(2))} %`
const escapeXml = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;')
