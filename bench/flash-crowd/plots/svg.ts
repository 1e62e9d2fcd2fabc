/** Colours that are told apart in print and by people who see few of them (Okabe and Ito). */
export const COLOURS = ['#0072b2', '#56b4e9', '#e69f00', '#d55e00', '#009e73', '#cc79a7'] as const;

const STYLE =
  'text{font:13px system-ui,sans-serif;fill:#24292f}.small{font-size:11px}.strong,.title{font-weight:600}.title{font-size:15px}' +
  '.grid{stroke:#d0d7de}.axis{stroke:#57606a}.bound{stroke:#57606a;stroke-dasharray:5 4}';

export interface TextOptions {
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly kind?: 'small' | 'strong' | 'title';
}

/** A whole drawing on white, so that it can be read on a dark page too. `title` is for who cannot see it. */
export const drawing = (title: string, width: number, height: number, parts: readonly string[]): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    `<title>${plain(title)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n');

export const label = (
  x: number,
  y: number,
  text: string,
  { anchor = 'start', kind }: TextOptions = {},
): string =>
  `<text x="${short(x)}" y="${short(y)}" text-anchor="${anchor}"${kind ? ` class="${kind}"` : ''}>${plain(text)}</text>`;

export const box = (x: number, y: number, width: number, height: number, colour: string): string =>
  `<rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" fill="${colour}"/>`;

export const line = (
  from: readonly [number, number],
  to: readonly [number, number],
  kind: 'grid' | 'axis' | 'bound',
): string =>
  `<line x1="${short(from[0])}" y1="${short(from[1])}" x2="${short(to[0])}" y2="${short(to[1])}" class="${kind}"/>`;

export const curve = (points: readonly (readonly [number, number])[], colour: string): string =>
  `<polyline fill="none" stroke="${colour}" stroke-width="1.3" points="${points.map(([x, y]) => `${short(x)},${short(y)}`).join(' ')}"/>`;

const short = (value: number): string => String(Math.round(value * 10) / 10);

const plain = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
