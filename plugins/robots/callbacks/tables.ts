/** Rows of the table of callbacks. */

export interface CallbackRow {
  robot: number;
  message_url: string | null;
  result_url: string | null;
  status_url: string | null;
  qrcode_url: string | null;
  is_signed: number;
  secret: string | null;
  is_active: number;
  updated_at: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      robots_callbacks: CallbackRow;
    }
  }
}
