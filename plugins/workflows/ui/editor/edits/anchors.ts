/** Values that are written once and used in several places (`&name`, `*name`): an edit must not leave a use without its value. */
import { isAlias, isNode, parseDocument, visit } from 'yaml';
import { applied, type Edit } from './text.ts';

/** What may be an anchor or an alias; a look at the text is much cheaper than reading it. */
const MARK = /(?:^|[\s[{,])[&*][^\s&*,[\]{}]/m;

/**
 * The edit; null when something that is used elsewhere would be gone, or come after its use, or when one name stands for
 * several values: it means the nearest one above.
 */
export function whole(text: string, edit: Edit): Edit | null {
  if (!MARK.test(text)) return edit;
  return isResolved(text) && isResolved(applied(text, edit.changes)) ? edit : null;
}

export function hasAnchors(text: string): boolean {
  if (!MARK.test(text)) return false;
  let isFound = false;
  visit(parseDocument(text), (_key, node) => {
    if (isAlias(node) || (isNode(node) && node.anchor)) isFound = true;
    return isFound ? visit.BREAK : undefined;
  });
  return isFound;
}

/** Whether something in it has a name by which others use it. */
export function declaresAnchors(text: string): boolean {
  if (!MARK.test(text)) return false;
  let isFound = false;
  visit(parseDocument(text), (_key, node) => {
    if (isNode(node) && !isAlias(node) && node.anchor) isFound = true;
    return isFound ? visit.BREAK : undefined;
  });
  return isFound;
}

function isResolved(text: string): boolean {
  const document = parseDocument(text);
  if (document.errors.length > 0) return false;
  let isWhole = true;
  const names = new Set<string>();
  visit(document, {
    Node(_key, node) {
      if (isAlias(node)) isWhole = node.resolve(document) !== undefined;
      else if (isNode(node) && node.anchor) {
        isWhole = !names.has(node.anchor);
        names.add(node.anchor);
      }
      return isWhole ? undefined : visit.BREAK;
    },
  });
  return isWhole;
}
