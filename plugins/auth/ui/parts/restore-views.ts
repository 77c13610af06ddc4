/** What the server says of a restore, and what it is told of where a backup lies. */
import type { AnswerOf } from 'patchbay-platform/ui';

export type RestoreView = AnswerOf<'/api/platform/setup/restore/{id}'>;
export interface OpenedRestore extends RestoreView {
  folder: string;
  stores: { kind: 's3' | 'webdav' | 'sftp'; title: string; schema: unknown }[];
}

/** With what has to be known of a place away from the server, under its kind. */
export interface StoreBody {
  kind: 'folder' | 's3' | 'webdav' | 'sftp';
  folder: string;
}
export interface StoreChoice {
  store: StoreBody;
  name: string;
}
