import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Aspect } from '../../../contracts/index.js';
import { packageRoot } from '../../../services/platform/index.js';
import { SignificanceTable, Vocabulary } from '../../../services/scoring/metric/index.js';

const file = (name: string): unknown =>
  JSON.parse(readFileSync(join(packageRoot(), `services/scoring/metric/vocabulary/${name}.json`), 'utf8'));
const vocabulary = Vocabulary.parse(
  Object.fromEntries(Object.keys(Vocabulary.shape).map((part) => [part, file(part)])),
);
const table = SignificanceTable.parse(file('significance'));
const twice = (list: readonly string[]) => list.filter((item, index) => list.indexOf(item) !== index);

test('every name one entry uses of another exists', () => {
  const { findings, relations } = vocabulary.findings;
  const ids = new Set(findings.map((f) => f.id));
  const structures = new Set(vocabulary.anatomy.structures.flatMap((s) => s.id.split('+')));
  const qualifiers = new Set(vocabulary.modifiers.qualifiers.map((q) => q.id));
  const axes = new Set(vocabulary.modifiers.qualifiers.map((q) => q.axis));
  expect(relations.flatMap((r) => r.between).filter((id) => !ids.has(id))).toEqual([]);
  expect(findings.map((f) => f.structure).filter((id) => id !== 'airway' && !structures.has(id))).toEqual([]);
  expect(
    findings.flatMap((f) => f.combinations.map((c) => c.structure)).filter((s) => !structures.has(s)),
  ).toEqual([]);
  expect(
    findings.flatMap((f) => f.when.flatMap((w) => w.qualifiers ?? [])).filter((q) => !qualifiers.has(q)),
  ).toEqual([]);
  expect(Object.keys(table.axes).filter((axis) => !axes.has(axis))).toEqual([]);
  const sized = [...table.measurement.sizeDecides, ...Object.keys(table.measurement.thresholdsMm)];
  expect(sized.filter((id) => !ids.has(id))).toEqual([]);
  expect(vocabulary.report.silentSections.filter((s) => vocabulary.report.headings[s] === undefined)).toEqual(
    [],
  );
});

test('no two entries have the same id, no two findings the same term, no pair two relations', () => {
  const { findings, relations } = vocabulary.findings;
  expect(twice(findings.map((f) => f.id))).toEqual([]);
  expect(twice(findings.flatMap((f) => f.terms))).toEqual([]);
  expect(twice(relations.map((r) => [...r.between].sort().join()))).toEqual([]);
  expect(twice(vocabulary.devices.devices.map((d) => d.id))).toEqual([]);
});

test('the significance table decides every aspect, and its operating points are in order', () => {
  expect(Object.keys(table.cells).sort()).toEqual([...Aspect.options, 'unread'].sort());
  const { knots, balanced, alerting } = table.calibration;
  expect(knots.map(([x]) => x)).toEqual(knots.map(([x]) => x).sort((a, b) => a - b));
  expect(knots.find(([x]) => x === 0.5)?.[1]).toBe(balanced);
  expect(alerting).toBeGreaterThan(balanced);
});
