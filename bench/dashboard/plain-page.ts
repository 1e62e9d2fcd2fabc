import type { Page } from 'playwright-core';

/** A page without style sheets worth the name and without scripts: `rows` lines of five cells, in a box that scrolls. */
export async function showPlainPage(page: Page, rows: number): Promise<void> {
  const lines = Array.from(
    { length: rows },
    (_, at) =>
      `<div class="row"><span>file number ${at}.bin</span><span>${at} MB</span><span>1 min ago</span><span>3 peers</span><span>10.0.0.1</span></div>`,
  );
  await page.setContent(`<!doctype html><style>
    body { margin: 0; font: 13px sans-serif }
    .table { height: 100vh; overflow: auto }
    .row { display: grid; height: 40px; align-items: center; border-bottom: 1px solid #ddd; grid-template-columns: 3fr 1fr 1fr 1fr 1fr }
  </style><div class="table">${lines.join('')}</div>`);
}
