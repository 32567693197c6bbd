import { cell } from '../judge/tier.js';
import type { Statement } from '../read/statement.js';
import type { SignificanceTable, Tier, Vocabulary } from '../vocabulary.js';
import { type ConfidenceName, type Difference, other, type SideName } from './difference.js';
import type { Facts } from './facts.js';
import { sidesMeet } from './place.js';

type Device = Vocabulary['devices']['devices'][number];

/** Differences in devices: where the tip lies, on which side, whether it is there at all. */
export function compareDevices(
  draft: Facts,
  final: Facts,
  devices: readonly Device[],
  table: SignificanceTable,
): Difference[] {
  return devices.flatMap((device) => {
    const sides = { draft: present(draft, device.id), final: present(final, device.id) };
    return [
      ...tipDifference(device, sides, { draft, final }, table),
      ...sideDifference(device, sides, table),
      ...presenceDifference(device, sides, table),
    ];
  });
}

type Sides = Readonly<Record<SideName, readonly Statement[]>>;

const present = (facts: Facts, id: string) => (facts.devices.get(id) ?? []).filter((s) => s.present);
const places = (list: readonly Statement[]) => list.flatMap((s) => s.places);

function tipDifference(
  device: Device,
  sides: Sides,
  facts: Readonly<Record<SideName, Facts>>,
  table: SignificanceTable,
): Difference[] {
  return (['final', 'draft'] as const).flatMap((side): Difference[] => {
    const bad = sides[side].filter((s) => s.tip === 'bad');
    const theirs = sides[other(side)];
    const anywhere = [...facts[other(side)].devices.values()]
      .flat()
      .some((s) => s.tip === 'bad' && generic(s.concept, device.id));
    if (bad.length === 0 || bad.every((s) => s.settled) || anywhere) return [];
    const described = theirs.filter((s) => s.tip !== 'bad');
    return [
      {
        aspect: 'device',
        kind: described.length > 0 ? 'inaccuracy' : side === 'final' ? 'omission' : 'fabrication',
        tier: cell(table, 'device', 'malposition', 'urgent'),
        confidence: 'attribute',
        draft: side === 'draft' ? places(bad) : places(described),
        final: side === 'final' ? places(bad) : places(described),
        topic: `${device.id} tip`,
        explanation: `The ${side} reports the ${device.name} in a wrong position; the ${other(side)} does not.`,
      },
    ];
  });
}

/** "Lines and tubes" speaks of each of them. */
const generic = (concept: string, device: string) => concept === device || concept === 'support_devices';

function sideDifference(device: Device, sides: Sides, table: SignificanceTable): Difference[] {
  const sided = (list: readonly Statement[]) => list.filter((s) => s.sides.length > 0);
  const draft = sided(sides.draft);
  const final = sided(sides.final);
  if (!device.support || draft.length === 0 || final.length === 0) return [];
  if (draft.some((d) => final.some((f) => sidesMeet(d.sides, f.sides)))) return [];
  return [
    {
      aspect: 'device',
      kind: 'inaccuracy',
      tier: cell(table, 'device', 'side', 'actionable'),
      confidence: 'attribute',
      draft: places(draft),
      final: places(final),
      topic: `${device.id} side`,
      explanation: `The draft places the ${device.name} on the ${draft[0]?.sides.join(' and ')}, the final on the ${final[0]?.sides.join(' and ')}.`,
    },
  ];
}

function presenceDifference(device: Device, sides: Sides, table: SignificanceTable): Difference[] {
  return (['final', 'draft'] as const).flatMap((side): Difference[] => {
    const ours = sides[side];
    if (ours.length === 0 || sides[other(side)].length > 0 || ours.some((s) => s.settled || s.tip === 'bad'))
      return [];
    const invented = side === 'draft' && device.support;
    const tier: Tier = cell(table, 'device', invented ? 'invented' : 'dropped', 'minor');
    const confidence: ConfidenceName = tier === 'minor' ? 'minor' : 'device';
    return [
      {
        aspect: 'device',
        kind: side === 'final' ? 'omission' : 'fabrication',
        tier,
        confidence,
        draft: side === 'draft' ? places(ours) : [],
        final: side === 'final' ? places(ours) : [],
        topic: device.id,
        explanation: `The ${side} names the ${device.name}; the ${other(side)} does not.`,
      },
    ];
  });
}
