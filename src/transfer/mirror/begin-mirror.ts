import { PeerdexError } from '../../core/errors.ts';
import type { JobId } from '../../core/job.ts';
import type { MirrorOptions } from '../../core/mirror.ts';
import type { JobService } from '../job-service.ts';
import type { JobView } from '../job-view.ts';

export interface WantedMirror {
  readonly id: JobId;
  readonly what: string;
  /** Absolute, without links where it is there. */
  readonly root: string;
  readonly mirror: MirrorOptions;
}

/**
 * The mirror of this WHAT to this folder: the one that is there goes on by these options, one that ran by the same ones is left alone. Throws
 * `conflict` where another mirror has the folder, one in it, or one around it.
 */
export async function beginMirror(
  jobs: JobService,
  { id, what, root, mirror }: WantedMirror,
): Promise<JobId> {
  const others = jobs.list().filter((job) => job.mirror && job.state !== 'cancelled');
  const same = others.find((job) => job.root === root && job.what === what);
  if (same) {
    if (!isSame(same, mirror)) await jobs.mirrorAgain(same.id, mirror);
    return same.id;
  }
  const other = others.find((job) => isWithin(job.root, root) || isWithin(root, job.root));
  if (other) {
    throw new PeerdexError(
      'conflict',
      `${other.root} is the folder of mirror ${other.id}, of ${other.what}`,
      {
        hint: `name another folder, or \`peerdex cancel ${other.id}\`: its files stay`,
      },
    );
  }
  return jobs.create({ id, what, root, overwrite: false, items: [], mirror }).id;
}

/** It runs, by the same options, in a folder that is the right one. */
function isSame({ state, mirror, shown }: JobView, wanted: MirrorOptions): boolean {
  const runs = (state === 'queued' || state === 'running') && shown !== 'waiting';
  return (
    runs &&
    mirror?.removes === wanted.removes &&
    mirror.removesAll === wanted.removesAll &&
    mirror.once === wanted.once
  );
}

const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
