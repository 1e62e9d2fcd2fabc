/**
 * Why Windows would take this name for something else than a file of that name, or undefined when it would not: devices, streams,
 * drives, and names that it shortens (learn.microsoft.com, "Naming Files, Paths, and Namespaces").
 */
export function windowsNameProblem(name: string): string | undefined {
  if (FORBIDDEN.test(name)) return 'a character that Windows does not allow in a name';
  if (/[. ]$/.test(name)) return 'a dot or blank at the end, which Windows cuts off';
  if (DEVICE.test(name)) return 'the name of a device on Windows';
  return undefined;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const FORBIDDEN = /[\0-\x1f<>:"/\\|?*]/;
/** With any ending, and with blanks before it, it is the device all the same. */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])[ ]*(\.|$)/i;
