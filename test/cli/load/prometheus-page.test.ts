import { createServer } from 'node:http';
import { expect, test } from '@jest/globals';
import { quantileBetween, scrape, total } from '../../../services/cli/load/prometheus-page.js';

const page = (counts: readonly number[], label = '') =>
  new Map(
    ['0.5', '1', '2', '+Inf'].map((le, n) => [`made_up_seconds_bucket{${label}le="${le}"}`, counts[n] ?? 0]),
  );

test('a page is read as samples by name and labels, comments aside', async () => {
  const text =
    '# HELP made_up help text\n# TYPE made_up counter\nmade_up{feed="a b",code="x"} 3\nmade_up{feed="c"} 4.5\nmade_up_other 1e3\n';
  const server = createServer((_request, response) => response.end(text));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const samples = await scrape(`http://127.0.0.1:${port}/metrics`);
  server.close();
  expect(samples.get('made_up{feed="a b",code="x"}')).toBe(3);
  expect(total(samples, 'made_up')).toBe(7.5);
  expect(total(samples, 'made_up_other')).toBe(1000);
  expect(total(samples, 'absent')).toBe(0);
});

test('a quantile is the bound of the bucket it lies in, of what was observed in between', () => {
  const before = page([100, 100, 100, 100]);
  const after = page([150, 190, 199, 200]);
  const at = (share: number) => quantileBetween(before, after, 'made_up_seconds', share);
  expect([0.5, 0.9, 0.95, 0.99, 1].map(at)).toEqual([0.5, 1, 2, 2, Number.POSITIVE_INFINITY]);
});

test('label sets are added up, and nothing observed is not a number', () => {
  const after = new Map([...page([0, 1, 1, 1], 'tier="a",'), ...page([1, 1, 1, 1], 'tier="b",')]);
  expect(quantileBetween(new Map(), after, 'made_up_seconds', 0.5)).toBe(0.5);
  expect(quantileBetween(after, after, 'made_up_seconds', 0.5)).toBeNaN();
});
