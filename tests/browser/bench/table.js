// How figures are shown and kept: `{name, unit, median, p95?, aim?}`; an aim is met below it.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { root } from '../lib/paths.js';

export const isMissed = ({ median, aim }) => aim !== undefined && !(median < aim);

export function printTable(figures) {
  const isOneOfMany = figures.some(({ p95 }) => p95 !== undefined);
  const heads = isOneOfMany ? ['median', '95th percentile'] : ['measured', ''];
  const lines = [['figure', ...heads, 'aim', ''], ...figures.map(row)];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  for (const line of lines) {
    const padded = line.map((cell, column) => cell.padEnd(widths[column]));
    const shown = padded.filter((_, column) => widths[column] > 0);
    console.log(shown.join('  ').trimEnd());
  }
}

/** With what they were measured on. `more` is kept beside them. */
export function keepFigures(path, figures, more) {
  const machine = { processors: cpus().length, model: cpus()[0].model };
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  const report = { taken_at: new Date().toISOString(), commit, machine, ...more, figures };
  writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`);
}

function row(figure) {
  const { name, unit, median, p95, aim } = figure;
  return [
    name,
    `${rounded(median)} ${unit}`,
    p95 === undefined ? '' : `${rounded(p95)} ${unit}`,
    aim === undefined ? '' : `< ${aim} ${unit}`,
    aim === undefined ? '' : isMissed(figure) ? 'MISSED' : 'met',
  ];
}

function rounded(value) {
  return value >= 100 ? String(Math.round(value)) : String(Math.round(value * 10) / 10);
}
