/**
 * Equal for names that some file system takes for one: case folded, Unicode forms and characters without a look left out. Wider than any
 * single one of them (APFS, NTFS, ext4 with casefold), so that none is missed.
 */
export const nameKey = (name: string): string =>
  name.normalize('NFD').replace(IGNORABLE, '').toUpperCase().toLowerCase().normalize('NFC');

const IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu;
