import { extensionOf, INLINE_TYPES } from '../../protocol/http/media-types.ts';

export const isInline = (name: string): boolean => Object.hasOwn(INLINE_TYPES, extensionOf(name));

export const mediaTypeOf = (name: string): string =>
  isInline(name) ? INLINE_TYPES[extensionOf(name)]! : 'application/octet-stream';
