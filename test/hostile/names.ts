/** Paths that no index takes in, each for a reason of its own. */
export const REFUSED_PATHS = [
  '../../evil.txt',
  '/evil.txt',
  'share/../../evil.txt',
  'share/./evil.txt',
  'share//evil.txt',
  'share/ev\0il.txt',
  'share/\u001b[31mevil.txt',
  'share/evil\r\n.txt',
  'share/.peerdex-evil',
  `share/evil ${'x'.repeat(300)}`,
  `share/${'evil/'.repeat(1000)}evil`,
  'share/evil \ud800.txt',
  'share/evil Zo\u0308e',
];

/** Names that a Linux machine may have, and that must do nothing where they are shown or written down. */
export const TRICKY_NAMES = [
  'C:\\tricky.txt',
  'tricky CON.txt',
  'NUL tricky',
  '<img src=x onerror=tricky()>.txt',
  '=HYPERLINK("http:tricky")',
  '@tricky',
  'tricky \u202egpj.exe',
];
