import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const EXECUTABLE = '/usr/bin/chromium';

/** Reason why no real browser can be started here, or null. On CI a missing browser is a failure. */
export function browserMissing(): string | null {
  if (existsSync(EXECUTABLE)) return null;
  if (process.env.CI === 'true')
    throw new Error('Chromium must be installed on CI (Debian package chromium)');
  return 'Chromium is not installed';
}

/** A real Chromium that speaks to nobody but the page under test. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: EXECUTABLE,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
