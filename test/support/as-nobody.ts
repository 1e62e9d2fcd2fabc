import { accessSync, constants } from 'node:fs';

/** A user without rights of its own on any system. */
const NOBODY = 65_534;

/**
 * From now on, until it is disposed of, this process acts as a user whose rights the system checks: nobody where it is root, itself elsewhere.
 * Undefined where there is no such user, or where `mustRead` could not be read any more.
 */
export function actAsNobody(mustRead: URL): Disposable | undefined {
  if (process.geteuid?.() !== 0) return process.geteuid ? { [Symbol.dispose]() {} } : undefined;
  process.seteuid!(NOBODY);
  const root = { [Symbol.dispose]: () => process.seteuid!(0) };
  try {
    accessSync(mustRead, constants.R_OK);
    return root;
  } catch {
    root[Symbol.dispose]();
    return undefined;
  }
}
