import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { plainPage, renderDiff } from '@busward/report';
import { chromium, type Browser } from 'playwright-core';
import { diffs } from './diffs.ts';
import { look } from './look.js';

/* The page and the picture as a person sees them: in a real browser, where one is installed. CI installs it. */

jest.setTimeout(120_000);
const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const folder = mkdtempSync(join(tmpdir(), 'browser-'));

(executablePath === undefined ? describe.skip : describe)('a diff in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: executablePath!,
      args: ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--disable-component-update'],
    });
  });
  afterAll(() => browser.close());

  describe.each(['html', 'svg'] as const)('%s', (as) => {
    it.each([
      ['wide', 'light', 1500],
      ['wide', 'dark', 1500],
      ['narrow', 'light', 380],
      ['narrow', 'dark', 380],
    ] as const)('%s and %s: everything can be read', async (_name, colorScheme, width) => {
      const file = join(folder, `diff.${as}`);
      writeFileSync(file, renderDiff(diffs.different, as, plainPage, '0.1.0'));
      const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await page.goto(pathToFileURL(file).href);
      const seen = await page.evaluate(look);
      await page.close();
      expect(asked).toEqual([pathToFileURL(file).href]);
      // The page itself never scrolls sideways; what is too wide scrolls in its own box.
      expect(as === 'html' ? seen.scrollWidth : 0).toBeLessThanOrEqual(width);
      expect(seen.texts).toBeGreaterThan(40);
      expect(seen.overlapping).toEqual([]);
      expect(seen.outside).toEqual([]);
      // WCAG 2.1, 1.4.3: 4.5 to 1.
      expect(seen.worstContrast).toBeGreaterThanOrEqual(4.5);
    });
  });
});
