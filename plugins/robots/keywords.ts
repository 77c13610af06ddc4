/** Words that contacts say, in both languages; each list can be another one by configuration. */

/** Somebody wants a person. Those of one or two characters have to be all that is said. */
export const HANDOVER_WORDS = [
  '人工',
  '真人',
  '转人工',
  '人工客服',
  '人工服务',
  '找人工',
  '要人工',
  'human',
  'agent',
  'real person',
  'live agent',
  'human agent',
  'talk to a person',
  'speak to a person',
];

/** Somebody wants to hear no more; it has to be all that is said. */
export const OPT_OUT_WORDS = ['TD', 'T', '退订', 'STOP', 'UNSUBSCRIBE'];
