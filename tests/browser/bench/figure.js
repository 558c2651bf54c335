/** Median and 95th percentile of a run of numbers. */
export function figure(name, unit, numbers, aim) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
  return { name, unit, median: at(0.5), p95: at(0.95), runs: sorted.length, aim };
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
