import { Type } from '../../schema.ts';

/** Shapes that many operations of the local API share, besides those of `../shapes.ts`. */
export const Text = Type.String({ maxLength: 8192 });
export const AbsolutePath = Type.String({ minLength: 1, maxLength: 4096 });
export const JobId = Type.String({ pattern: '^[0-9a-z]{1,16}$', maxLength: 16 });
export const JobParams = Type.Object({ job: JobId });
