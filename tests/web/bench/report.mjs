/** Numbers as people read them, and tables of them. */

/** The value below which a part of all values lies. */
export function quantile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}

export const median = (values) => quantile(values, 0.5);

/** Milliseconds; a browser's clock ticks every tenth of one. */
export const ms = (value) => (value === undefined ? 'none' : `${value.toFixed(value < 10 ? 1 : 0)} ms`);
export const kb = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;

/** How many times longer one thing takes than another. */
export const times = (longer, shorter) => (shorter < 0.1 ? 'too short to tell' : `${(longer / shorter).toFixed(longer < 10 * shorter ? 1 : 0)} ×`);

/** Prints a table as Markdown, below its title; its first row is its head. */
export function print(title, table) {
  const widths = table[0].map((_, idx) => Math.max(3, ...table.map((cells) => cells[idx].length)));
  const line = (cells) => `| ${cells.map((cell, idx) => cell.padEnd(widths[idx])).join(' | ')} |`;
  const [head, ...rest] = table;
  console.log(`\n${title}\n`);
  console.log([line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rest.map(line)].join('\n'));
}
