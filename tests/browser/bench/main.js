// script/bench: every figure of its own file, one after the other, then the table.
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { root } from '../lib/paths.js';
import { joining } from './joining.js';
import { liveScreens } from './live.js';
import { memory, processor } from './server-cost.js';
import { snapshots } from './snapshots.js';
import { keepFigures, printTable } from './table.js';

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
printTable(figures);
if (values.json) keepFigures(values.json, figures, { runs });

async function joinPage() {
  const size = ['--prefix', 'web/client', 'run', '--silent', 'size', '--', '--json'];
  const { total, limit } = JSON.parse(execFileSync('npm', size, { cwd: root, encoding: 'utf8' }));
  const aim = limit / 1000;
  return [{ name: 'join page, compressed', unit: 'kB', median: total / 1000, aim }];
}
