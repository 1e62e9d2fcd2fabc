import type { ReactNode } from 'react';
import type { About } from '../../../protocol/http/dashboard/own-operations.ts';
import { Section } from '../../parts/section.tsx';
import { MakeInvite } from '../the-registry/make-invite.tsx';
import { mayCare } from '../the-registry/may-care.ts';

/** How another machine comes into the network. */
export function InviteSection({ about }: { readonly about: About }): ReactNode {
  const [registry] = about.registry;
  return (
    <Section title="Add another machine">
      {mayCare(about) ? (
        <>
          <p className="muted">
            On that machine: <code>peerdex up --join LINK</code>, or scan the code. Whoever has the link gets
            in until it ends.
          </p>
          <MakeInvite />
        </>
      ) : (
        <p>
          {registry ? (
            <>
              This peer came in by the registry at <code>{registry}</code> and may not make join links itself.{' '}
            </>
          ) : (
            'This peer belongs to no network. '
          )}
          Whoever looks after the network makes one with <code>peerdex registry invite</code>. Or let this
          peer make them: get a link of <code>peerdex registry invite --role admin</code>, and run{' '}
          <code>peerdex join LINK</code> here.
        </p>
      )}
    </Section>
  );
}
