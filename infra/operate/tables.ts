/** Prints rows of amounts with their sum. */
export function bill(columns: string[], rows: (readonly [string, ...number[]])[]): void {
  const total = columns.map((_, column) => rows.reduce((sum, row) => sum + Number(row[column + 1]), 0))
  const cells = rows.map(([name, ...amounts]) => [name, ...amounts.map(dollars)])
  table(['', ...columns], [...cells, ['**total**', ...total.map((sum) => `**${dollars(sum)}**`)]])
}

export function dollars(amount: number): string {
  return amount === 0 ? '–' : `$${amount >= 0.1 ? amount.toFixed(2) : Number(amount.toPrecision(2))}`
}

/** Prints Markdown. */
export function table(head: string[], rows: string[][]): void {
  const widths = head.map((cell, column) =>
    Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`
  for (const cells of [head, widths.map((width) => '-'.repeat(width)), ...rows]) console.log(line(cells))
}
