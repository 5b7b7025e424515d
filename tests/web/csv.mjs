/** Reads the CSV that the page exports: one header row, then numbers; words in columns of words, and there alone nothing where nothing is. */

/** The columns that have words. */
const WORDS = ['word', 'sentence'];

/**
 * @param {string} text
 * @returns {{ header: string[], rows: (number | string)[][], column: (name: string) => (number | string)[] }}
 */
export function parseCsv(text) {
  const [head, ...lines] = text.trimEnd().split(/\r?\n/);
  const header = head.split(',');
  const rows = lines.map((line, idx) => {
    const cells = line.split(',');
    if (cells.length !== header.length) throw new Error(`row ${idx + 1} has ${cells.length} cells, the header ${header.length}`);
    return cells.map((cell, column) => {
      if (WORDS.includes(header[column]) || (cell === '' && cells[0] === 'pooled')) return cell;
      const value = Number(cell);
      if (cell.trim() === '' || Number.isNaN(value)) throw new Error(`row ${idx + 1} holds ${JSON.stringify(cell)}, no number`);
      return value;
    });
  });
  const column = (name) => {
    const idx = header.indexOf(name);
    if (idx < 0) throw new Error(`there is no column ${name} among ${head.slice(0, 200)}`);
    return rows.map((row) => row[idx]);
  };
  return { header, rows, column };
}
