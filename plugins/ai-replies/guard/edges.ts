/** Edges between numbered nodes, by the character on them: a hash table in three lists of numbers, which takes some bytes for each. */

export interface Edges {
  /** The node that the edge leads to; 0 without one: nothing leads back to the root. */
  next(node: number, character: number): number;
  /** Of an edge that is not there yet. */
  add(node: number, character: number, to: number): void;
}

/** Room for so many edges. */
export function createEdges(most: number): Edges {
  const size = 2 ** Math.ceil(Math.log2(2 * most + 2));
  const nodes = new Int32Array(size);
  const characters = new Int32Array(size);
  const targets = new Int32Array(size);

  return {
    next: (node, character) => targets[placeOf(node, character)] ?? 0,
    add(node, character, to) {
      const place = placeOf(node, character);
      nodes[place] = node;
      characters[place] = character;
      targets[place] = to;
    },
  };

  /** Where it stands, or would stand: half of the places are empty at least. */
  function placeOf(node: number, character: number): number {
    let hash = Math.imul(node, 0x9e3779b1) ^ Math.imul(character, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    let place = (hash ^ (hash >>> 13)) & (size - 1);
    while (targets[place] !== 0 && (nodes[place] !== node || characters[place] !== character))
      place = (place + 1) & (size - 1);
    return place;
  }
}
