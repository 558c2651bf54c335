// An address with some of its query changed; an empty value takes a name away.
export function withQuery(
  path: string,
  query: URLSearchParams,
  change: Record<string, string>,
): string {
  const changed = new URLSearchParams(query);
  for (const [name, value] of Object.entries(change)) {
    if (value) changed.set(name, value);
    else changed.delete(name);
  }
  const text = changed.toString();
  return text ? `${path}?${text}` : path;
}
