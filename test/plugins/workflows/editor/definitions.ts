/** Definitions to be edited: those of the examples and of the guide, and of `cases/`, which have everything that the language has. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { examplesOf, guidePages } from '#test/support/guide.ts';
import { root } from '../../../../scripts/setup.mjs';

export interface Written {
  name: string;
  text: string;
}

const FOLDERS = ['plugins/workflows/examples', 'test/plugins/workflows/editor/cases'];

export function definitions(): Written[] {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => ({ name, text: readFileSync(join(root, folder, name), 'utf8') })),
  );
  const guide = guidePages().flatMap((page) =>
    examplesOf(page).map(({ place, source }) => ({ name: place, text: source })),
  );
  return [...files, ...guide];
}
