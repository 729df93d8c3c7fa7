import { chromium, type Browser, type CDPSession, type Page } from 'playwright-core';
import { account } from './aether.js';
import { chromiumProgram } from './config.js';

/** What Chromium says of a time that a page was used. */
export interface Measured {
  readonly frameMs: readonly number[];
  readonly longTaskMs: readonly number[];
  /** From an input to the picture after it. */
  readonly inputMs: readonly number[];
  /** Sum of the layout shifts that no input explains. */
  readonly shift: number;
  readonly heapBeforeMb: number;
  readonly heapAfterMb: number;
  readonly nodes: number;
  readonly frames: number;
}

/** Runs in the page: collects until it is asked for what it has. */
const RECORDER = `(() => {
  const kept = { frameMs: [], longTaskMs: [], inputMs: [], shift: 0 };
  let last = 0;
  const picture = (at) => { if (last) kept.frameMs.push(at - last); last = at; requestAnimationFrame(picture); };
  requestAnimationFrame(picture);
  new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) kept.longTaskMs.push(duration); })
    .observe({ type: 'longtask' });
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) kept.shift += value;
  }).observe({ type: 'layout-shift' });
  const after = new MessageChannel();
  const began = [];
  after.port1.onmessage = () => kept.inputMs.push(performance.now() - began.shift());
  for (const name of ['keydown', 'pointerdown'])
    addEventListener(name, (event) => requestAnimationFrame(() => {
      began.push(event.timeStamp);
      after.port2.postMessage(0);
    }), { capture: true });
  window.__measured = () => {
    const { frameMs, longTaskMs, inputMs, shift } = kept;
    Object.assign(kept, { frameMs: [], longTaskMs: [], inputMs: [], shift: 0 });
    return { frameMs, longTaskMs, inputMs, shift };
  };
})()`;

type Recorded = Pick<Measured, 'frameMs' | 'longTaskMs' | 'inputMs' | 'shift'>;

const MEBIBYTE = 1024 ** 2;

/** The console in a headless Chromium, signed in, and what Chromium's own tools tell of it. */
export class ConsolePage {
  private frames = 0;

  private constructor(
    private readonly browser: Browser,
    readonly page: Page,
    private readonly tools: CDPSession,
  ) {
    tools.on('Network.webSocketFrameReceived', () => (this.frames += 1));
  }

  static async open(url: string): Promise<ConsolePage> {
    const browser = await chromium.launch({
      executablePath: chromiumProgram,
      // Chromium refuses its sandbox to root.
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    });
    const context = await browser.newContext({ baseURL: url, viewport: { width: 1440, height: 900 } });
    await context.addInitScript({ content: RECORDER });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const tools = await context.newCDPSession(page);
    for (const domain of ['Performance', 'HeapProfiler', 'Network'] as const)
      await tools.send(`${domain}.enable`);
    await page.goto('/sign-in/');
    await page.getByLabel('E-mail').fill(account.email);
    await page.getByLabel('Password').fill(account.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    return new ConsolePage(browser, page, tools);
  }

  async visit(path: string): Promise<void> {
    await this.page.goto(path);
    await this.page.locator('[data-connection=live]').waitFor();
    await this.page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'detached' });
  }

  /** Does something with the page, and says what became of the page meanwhile. */
  async measure(use: () => Promise<unknown>): Promise<Measured> {
    const heapBeforeMb = await this.heapMb();
    await this.recorded();
    const framesBefore = this.frames;
    await use();
    const recorded = await this.recorded();
    const frames = this.frames - framesBefore;
    const heapAfterMb = await this.heapMb();
    const nodes = await this.page.evaluate<number>(`document.getElementsByTagName('*').length`);
    return { ...recorded, frames, heapBeforeMb, heapAfterMb, nodes };
  }

  async close(): Promise<void> {
    await this.browser.close();
  }

  private recorded(): Promise<Recorded> {
    return this.page.evaluate<Recorded>('window.__measured()');
  }

  /** What is in use after a collection. */
  private async heapMb(): Promise<number> {
    await this.tools.send('HeapProfiler.collectGarbage');
    const { metrics } = await this.tools.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? NaN) / MEBIBYTE;
  }
}
