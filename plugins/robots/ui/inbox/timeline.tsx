/** What was said, oldest first, at its end when it is opened and when something comes. */
import { Button } from '@mantine/core';
import { Loaded, Place, paneStyle } from 'patchbay-platform/ui';
import { useEffect, useLayoutEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './inbox.module.css';
import { MessageItem } from './message-item.tsx';
import { useMessages } from './messages.ts';
import type { Conversation } from './place.ts';

/** Who has scrolled back further than this reads, and is not taken away. */
const NEAR_PX = 160;

interface TimelineProps {
  conversation: Conversation;
  /** Puts a text into the field in which it is answered. */
  put(text: string): void;
}

export function Timeline({ conversation, put }: TimelineProps) {
  const { t } = useTranslation('robots');
  const query = useMessages(conversation.id);
  const { messages, hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const scroll = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const newest = messages.at(-1)?.id;
  const toEnd = () => {
    if (scroll.current && isAtEnd.current) scroll.current.scrollTop = scroll.current.scrollHeight;
  };
  // What stands below it may grow, as a warning does; within, pictures and drafts come later.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it looks at refs alone
  useEffect(() => {
    if (!scroll.current || !content.current) return;
    const watch = new ResizeObserver(toEnd);
    watch.observe(scroll.current);
    watch.observe(content.current);
    return () => watch.disconnect();
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: when there is a new one
  useLayoutEffect(toEnd, [newest]);
  return (
    <section
      ref={scroll}
      className={paneStyle.scroll}
      aria-label={t('inbox.timeline')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keys too
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        isAtEnd.current = scrollTop + clientHeight > scrollHeight - NEAR_PX;
      }}
    >
      <div ref={content}>
        {hasNextPage && (
          <Button variant="subtle" fullWidth loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t('inbox.older')}
          </Button>
        )}
        <Loaded of={query}>
          {() => (
            <>
              <ul className={classes.timeline}>
                {messages.map((message) => (
                  <MessageItem key={message.id} message={message} conversation={conversation} />
                ))}
              </ul>
              <Place name="robots.timeline" subject={conversation.id} put={put} />
            </>
          )}
        </Loaded>
      </div>
    </section>
  );
}
