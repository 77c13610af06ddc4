/** First steps: a colleague is invited in a sheet, and the link to pass on is shown there. */
import type { StepProps } from 'patchbay-platform/ui';
import { useRef, useState } from 'react';
import { InvitationLink, type MadeLink } from '../parts/invitation-link.tsx';
import { Invite } from '../parts/invite.tsx';

export default function ColleagueStep({ onClose }: StepProps) {
  const [made, setMade] = useState<MadeLink | null>(null);
  const [isWriting, setWriting] = useState(true);
  const isInvited = useRef(false);
  return (
    <>
      <Invite
        isOpen={isWriting}
        // It closes when it is done as well, and then the link is to be seen.
        onClose={() => (isInvited.current ? setWriting(false) : onClose())}
        onDone={async (link) => {
          isInvited.current = true;
          setMade(link);
        }}
      />
      <InvitationLink made={made} onClose={onClose} />
    </>
  );
}
