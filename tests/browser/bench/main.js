// script/bench: every figure of its own file, one after the other, then the table.
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { root } from '../lib/paths.js';
import { joining } from './joining.js';
import { liveScreens } from './live.js';
import { memory, processor } from './server-cost.js';
import { snapshots } from './snapshots.js';

const { values } = parseArgs({
  options: { json: { type: 'string' }, runs: { type: 'string', default: '20' } },
});
const runs = Number(values.runs);

const figures = [];
for (const measure of [joining, snapshots, liveScreens, processor, memory, joinPage]) {
  console.error(`measuring: ${measure.name}`);
  try {
    figures.push(...(await measure(runs)));
  } catch (error) {
    console.error(`${measure.name} could not be measured:`, error);
    process.exitCode = 1;
  }
}

const rows = figures.map(({ name, unit, median, p95, aim }) => [
  name,
  `${shown(median)} ${unit}`,
  p95 === undefined ? '' : `${shown(p95)} ${unit}`,
  aim === undefined ? '' : `< ${aim} ${unit}`,
  aim === undefined ? '' : median < aim ? 'met' : 'MISSED',
]);
table([['figure', 'median', '95th percentile', 'aim', ''], ...rows]);
if (values.json) writeFileSync(values.json, `${JSON.stringify(report(), null, 2)}\n`);

function report() {
  const machine = { processors: cpus().length, model: cpus()[0].model };
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  return { taken_at: new Date().toISOString(), commit, machine, runs, figures };
}

function table(lines) {
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  for (const line of lines) {
    console.log(
      line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
  }
}

function shown(value) {
  return value >= 100 ? String(Math.round(value)) : String(Math.round(value * 10) / 10);
}

async function joinPage() {
  const size = ['--prefix', 'web/client', 'run', '--silent', 'size', '--', '--json'];
  const { total, limit } = JSON.parse(execFileSync('npm', size, { cwd: root, encoding: 'utf8' }));
  const aim = limit / 1000;
  return [{ name: 'join page, compressed', unit: 'kB', median: total / 1000, aim }];
}
