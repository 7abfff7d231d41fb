import type { Page } from 'playwright-core';

/** What the page shows of one incident, as far as it can be held against the JSON. */
export interface ShownIncident {
  readonly title: string;
  readonly confidence: string;
  /** By their ids: bytes, `undefined` where the page has no number, and how each was got. */
  readonly memory: readonly { readonly id: string; readonly bytes: number | undefined; readonly how: string }[];
  readonly tasks: readonly { readonly pid: number; readonly name: string; readonly rssBytes: number; readonly killed: boolean }[];
}

/** As much of the DOM's Element as is used here: the tests are compiled without the DOM's types, which are not Node's. */
interface PageElement {
  readonly textContent: string | null;
  getAttribute(name: string): string | null;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement>;
  click(): void;
}

/** Chooses every incident of the list in turn and reads it, with every row of its task table; within the page, which is fast. */
export async function shownIncidents(page: Page): Promise<ShownIncident[]> {
  await page.getByRole('checkbox', { name: 'Repetitions together' }).setChecked(false);
  const more = page.locator('section.list > button.quiet');
  while ((await more.count()) > 0) await more.click();
  return page.locator('body').evaluate(async (body: PageElement) => {
    const until = async <T>(look: () => T | null): Promise<T> => {
      for (let turn = 0; turn < 1000; turn += 1) {
        const found = look();
        if (found !== null) return found;
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      throw new Error('the page does not show it');
    };
    const text = (element: PageElement | null): string => (element?.textContent ?? '').replace(/\s+/g, ' ').trim();
    const bytesIn = (element: PageElement | null): number | undefined => {
      const value = element?.querySelector('data')?.getAttribute('value');
      return value === null || value === undefined ? undefined : Number(value);
    };
    const read = (article: PageElement): ShownIncident => ({
      title: text(article.querySelector('.verdict-title')),
      confidence: text(article.querySelector('.verdict > .grade .grade-number')),
      memory: [...article.querySelectorAll('table.accounting tbody tr')].map((row) => ({
        id: row.getAttribute('data-id') ?? '',
        bytes: bytesIn(row.querySelector('td')),
        how: (row.querySelector('.how')?.getAttribute('class') ?? '').replace('how how-', ''),
      })),
      tasks: [...article.querySelectorAll('table.tasks tbody tr')].map((row) => ({
        pid: Number(row.getAttribute('data-pid')),
        name: text(row.querySelector('.comm')),
        rssBytes: bytesIn(row.querySelector('.drawn')) ?? -1,
        killed: /\bkilled\b/.test(row.getAttribute('class') ?? ''),
      })),
    });
    const shown: ShownIncident[] = [];
    for (const choice of body.querySelectorAll('table.incidents button.choose')) {
      choice.click();
      const article = await until(() => body.querySelector(`article.incident[data-index="${shown.length}"]`));
      const more = () => article.querySelector('section:has(table.tasks) > button.quiet');
      for (let button = more(); button !== null; button = more()) {
        const before = text(button);
        button.click();
        await until(() => (text(more()) === before ? null : true));
      }
      shown.push(read(article));
    }
    return shown;
  });
}
