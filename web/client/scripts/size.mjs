// What the customer's phone loads before it can show the join page: the
// compressed bytes of join.html, its scripts (with what they import) and styles.
// Fails above the limit. `--json` prints the figures alone.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const limit = 90_000;
const dist = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');

const files = loadedBy('join.html');
const rows = files.map((file) => ({ file, bytes: transferred(file) }));
const total = rows.reduce((sum, row) => sum + row.bytes, 0);

if (process.argv.includes('--json')) {
  console.log(JSON.stringify({ limit, total, files: rows }));
} else {
  for (const { file, bytes } of rows) console.log(`${String(bytes).padStart(8)}  ${file}`);
  console.log(`${String(total).padStart(8)}  join page in all, of ${limit} allowed`);
}
if (total > limit) process.exit(1);

function loadedBy(page) {
  const seen = new Set();
  const waiting = [page];
  while (waiting.length > 0) {
    const file = waiting.pop();
    if (seen.has(file)) continue;
    seen.add(file);
    waiting.push(...references(file));
  }
  return [...seen];
}

// Static imports and the page's own tags; what is imported later does not count.
function references(file) {
  const text = readFileSync(join(dist, file), 'utf8');
  const found = file.endsWith('.html')
    ? [...text.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)]
    : [
        ...text.matchAll(
          /(?:^|[;}\s])(?:import|export)(?:[^"'()]*?from)?\s*["'`](\.[^"'`]+\.js)["'`]/g,
        ),
      ];
  return found.map(([, target]) =>
    target.startsWith('/') ? target.slice(1) : relative(dist, join(dist, dirname(file), target)),
  );
}

function transferred(file) {
  const path = join(dist, file);
  return statSync(existsSync(`${path}.br`) ? `${path}.br` : path).size;
}
