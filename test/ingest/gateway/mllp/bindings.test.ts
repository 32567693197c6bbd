import { expect, test } from '@jest/globals';
import { MllpListenerConfig } from '../../../../contracts/index.js';
import { checkBinding, createAllowList } from '../../../../services/ingest/gateway/mllp/bindings.js';

const listener = (overrides: object) => MllpListenerConfig.parse({ name: 'main', port: 0, ...overrides });
const tls = { cert: 'c', key: 'k', ca: 'a' };

test.each([
  [{}, true],
  [{ host: '127.8.0.1' }, true],
  [{ host: '::1' }, true],
  [{ host: 'localhost' }, true],
  [{ host: '0.0.0.0' }, false],
  [{ host: '::' }, false],
  [{ host: '10.1.2.3' }, false],
  [{ host: '127.example' }, false],
  [{ host: '0.0.0.0', allowFrom: ['10.0.0.0/8'] }, true],
  [{ host: '0.0.0.0', tls }, true],
])('a listener with %j may start: %s', (overrides, safe) => {
  const check = () => checkBinding(listener(overrides));
  if (safe) expect(check).not.toThrow();
  else expect(check).toThrow(expect.objectContaining({ code: 'OVR_UNSAFE_BINDING' }));
});

test.each([
  [['10.1.0.0/16'], '10.1.2.3', true],
  [['10.1.0.0/16'], '10.2.0.1', false],
  [['10.1.0.0/16'], '::ffff:10.1.9.9', true],
  [['192.0.2.7'], '192.0.2.7', true],
  [['192.0.2.7'], '192.0.2.8', false],
  [['2001:db8::/32'], '2001:db8::5', true],
  [['2001:db8::/32'], '10.1.2.3', false],
  [['10.1.0.0/16'], '', false],
  [[], '198.51.100.1', true],
])('the allow-list %j lets %s in: %s', (entries, address, allowed) => {
  expect(createAllowList(entries, 'x')(address)).toBe(allowed);
});

test.each(['10.1.0.0/33', '10.1.0.0/', 'ris.example', '10.1.0.0/8/8', '10.1.0.0/x', ''])(
  'an allow-list with "%s" is refused',
  (entry) => {
    expect(() => createAllowList([entry], 'x')).toThrow(
      expect.objectContaining({ code: 'OVR_ALLOW_LIST_INVALID' }),
    );
  },
);
