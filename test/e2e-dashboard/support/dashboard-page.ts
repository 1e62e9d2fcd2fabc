import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Browser, BrowserContext, ConsoleMessage, Page } from 'playwright-core';

const SCREENSHOTS = path.resolve(import.meta.dirname, '../screenshots');
const THEMES = ['light', 'dark'] as const;
const SIZES = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
];
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WAIT_MS = 45_000;
/** What is pressed on a phone and is less than 40 pixels high; heads of tables take presses around them too. */
const TOO_SMALL = `[...document.querySelectorAll('button, select, input:not([type=checkbox], [hidden]), nav a, .mark-box')]
  .filter((one) => one.checkVisibility() && !one.closest('.table-head') && !one.matches('.skip-link'))
  .filter((one) => one.getBoundingClientRect().height < 39.5)
  .map((one) => (one.getAttribute('aria-label') ?? one.textContent) + ' ' + one.getBoundingClientRect().height)`;
/** Colours of a theme are there after the frame that follows. */
const DRAWN = 'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))';

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** A page of the dashboard in a browser context of its own. Closing it fails when the console told of an error or of a broken policy. */
export class DashboardPage implements AsyncDisposable {
  readonly page: Page;
  readonly #context: BrowserContext;
  readonly #complaints: string[] = [];
  #expected: readonly RegExp[] = [];

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
    page.setDefaultTimeout(WAIT_MS);
    page.on('console', (message) => this.#hear(message));
    page.on('pageerror', (error) => this.#complaints.push(`broke: ${error.message}`));
  }

  static async open(browser: Browser, url: string, viewport = SIZES[0]!): Promise<DashboardPage> {
    const context = await browser.newContext({ viewport, reducedMotion: 'reduce', locale: 'en-GB' });
    const opened = new DashboardPage(context, await context.newPage());
    await opened.page.goto(url);
    return opened;
  }

  /** Complaints that belong to what the test does, such as those of the browser about a refused request. */
  expectComplaints(...about: readonly RegExp[]): void {
    this.#expected = about;
  }

  /** `transfers`, `peers/lab-7`: by the address, as a link does. */
  async goTo(route: string): Promise<void> {
    await this.page.evaluate(`location.hash = ${JSON.stringify(`#/${route}`)}`);
  }

  /** Fails with what the console told since; for `afterEach` of a file whose tests share the page. What was expected is so no more. */
  checkQuiet(): void {
    const { complaints } = this;
    this.#complaints.length = 0;
    this.#expected = [];
    assert.deepEqual(complaints, [], 'the console of the page');
  }

  /**
   * What people see now, in both themes at two widths: axe finds nothing serious, nothing is wider than the window or too small for a finger, and a picture
   * of each stays in test/e2e-dashboard/screenshots/. Of the second theme only the contrast of its colours can be wrong.
   */
  async look(name: string): Promise<void> {
    mkdirSync(SCREENSHOTS, { recursive: true });
    const before = this.page.viewportSize()!;
    for (const size of SIZES) {
      await this.page.setViewportSize(size);
      for (const colorScheme of THEMES) {
        await this.page.emulateMedia({ colorScheme });
        await this.page.evaluate(DRAWN);
        const label = `${name}-${colorScheme}-${size.width}`;
        await this.page.screenshot({ path: path.join(SCREENSHOTS, `${label}.png`) });
        await this.checkAccessible(label, colorScheme === 'light' ? undefined : 'color-contrast');
      }
      const wider = await this.page.evaluate('document.documentElement.scrollWidth - innerWidth');
      assert.ok(Number(wider) <= 0, `${name} at ${size.width}: ${wider} px wider than the window`);
    }
    assert.deepEqual(await this.page.evaluate(TOO_SMALL), [], `${name}: smaller than a finger`);
    await this.page.setViewportSize(before);
    await this.page.emulateMedia({ colorScheme: null });
  }

  /** Throws with what axe finds that is serious or critical; `rule`: only that one is looked at. */
  async checkAccessible(label: string, rule?: string): Promise<void> {
    if (!(await this.page.evaluate('"axe" in window'))) await this.page.evaluate(AXE);
    const options = { resultTypes: ['violations'], ...(rule === undefined ? {} : { runOnly: [rule] }) };
    const found = (await this.page.evaluate(
      `axe.run(${JSON.stringify(options)}).then(({ violations }) => violations)`,
    )) as Violation[];
    const serious = found.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    const told = serious.map(
      ({ id, help, nodes }) =>
        `${id}: ${help}\n  ${nodes.map((node) => `${node.html}\n  ${node.failureSummary}`).join('\n  ')}`,
    );
    assert.equal(told.join('\n'), '', `axe: ${label}`);
  }

  get complaints(): readonly string[] {
    return this.#complaints.filter((text) => !this.#expected.some((about) => about.test(text)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
    this.checkQuiet();
  }

  /** Broken policies are errors of the console too. */
  #hear(message: ConsoleMessage): void {
    if (message.type() === 'error' || message.type() === 'warning')
      this.#complaints.push(`${message.type()}: ${message.text()} (${message.location().url})`);
  }
}
