import { setTimeout as delay } from 'node:timers/promises';
import type { ConsolePage, Measured } from './console-page.js';

export interface Scroll {
  readonly what: string;
  readonly path: string;
  /** What is scrolled. */
  readonly box: string;
  /** Shows when the other end has been reached. */
  readonly end: string;
  readonly direction: 'up' | 'down';
  readonly before?: (page: ConsolePage['page']) => Promise<void>;
}

const STEP_PX = 2_400;
/** Between two turns of the wheel: a hand that is in a hurry. */
const PAUSE_MS = 16;
const DEADLINE_MS = 120_000;

/** From one end to the other with the wheel, as far as it goes within the deadline; more is read on the way. */
export async function scroll(
  console: ConsolePage,
  { path, box, end, direction, before }: Scroll,
): Promise<Measured & { reached: boolean; tookMs: number }> {
  const { page } = console;
  await console.visit(path);
  await before?.(page);
  const place = page.locator(box).last();
  await place.waitFor();
  await place.hover();
  const begun = performance.now();
  let reached = false;
  const measured = await console.measure(async () => {
    while (!reached && performance.now() - begun < DEADLINE_MS) {
      for (let turn = 0; turn < 10; turn += 1) {
        await page.mouse.wheel(0, direction === 'down' ? STEP_PX : -STEP_PX);
        await delay(PAUSE_MS);
      }
      reached = (await page.locator(end).count()) > 0;
    }
  });
  return { ...measured, reached, tookMs: performance.now() - begun };
}
