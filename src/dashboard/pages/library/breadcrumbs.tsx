import { Fragment, type ReactNode } from 'react';
import { useRoute } from '../../shell/route.ts';
import { type Place, placeRoute, restOf } from './library-route.ts';

/** Where one is, and the way up. */
export function Breadcrumbs({ place }: { readonly place: Place }): ReactNode {
  const { query } = useRoute();
  const parts = place.folder === '' ? [] : place.folder.split('/');
  const steps: (Place & { readonly title: string })[] = [{ peer: '', folder: '', title: 'All peers' }];
  if (place.peer !== '') steps.push({ peer: place.peer, folder: '', title: place.peer });
  for (const [i, title] of parts.entries())
    steps.push({ peer: place.peer, folder: parts.slice(0, i + 1).join('/'), title });
  return (
    <nav className="breadcrumbs" aria-label="Folder">
      {steps.map((step, i) => (
        <Fragment key={restOf(step)}>
          {i > 0 && <span aria-hidden="true">/</span>}
          <a
            className="name"
            href={placeRoute(step, query)}
            aria-current={i === steps.length - 1 ? 'page' : undefined}
          >
            {step.title}
          </a>
        </Fragment>
      ))}
    </nav>
  );
}
