/** Names of tools as models know them: short, of few characters, and each of one tool alone. */
import type { ModelTool } from '../models/types.ts';

/** As many characters as providers take. */
const LONGEST = 64;

/** `mcp:shop/find_order` → `shop_find_order`. */
export function modelName(tool: string): string {
  return tool
    .replace(/^(function|mcp):/, '')
    .replace(/[^A-Za-z0-9_-]/g, '_')
    .slice(0, LONGEST);
}

/** A server of tools may call itself as a function is called: of two that have one name the second gets a number. */
export function namedApart(tools: readonly ModelTool[]): ModelTool[] {
  const taken = new Set<string>();
  return tools.map((tool) => {
    let { name } = tool;
    for (let number = 2; taken.has(name); number++) name = `${tool.name.slice(0, LONGEST - 4)}_${number}`;
    taken.add(name);
    return { ...tool, name };
  });
}
