import { existsSync, readFileSync } from 'node:fs';

/** The built page lies beside the program, and in dist/ when the program runs from its sources. */
const PLACES = ['./page.html', '../../../dist/page.html'];

/** The built page, without evidence. Throws when the program was installed or built without it. */
export function readBuiltPage(): string {
  const place = PLACES.map((path) => new URL(path, import.meta.url)).find((url) => existsSync(url));
  if (place === undefined) throw new Error('page.html is not beside the program: npm run build makes it');
  return readFileSync(place, 'utf8');
}
