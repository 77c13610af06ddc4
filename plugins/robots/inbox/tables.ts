/** Rows of the tables of the inbox. Times are ms since the epoch. */

export interface TeamRow {
  id: number;
  uuid: string;
  tenant_id: string;
  name: string;
  created_at: number;
  updated_at: number;
}

export interface TeamMemberRow {
  team: number;
  user_id: number;
}

export interface LabelRow {
  id: number;
  tenant_id: string;
  name: string;
}

export interface ConversationLabelRow {
  label: number;
  conversation: number;
}

export interface QuickReplyRow {
  id: number;
  uuid: string;
  tenant_id: string;
  shortcut: string;
  text: string;
  created_at: number;
  updated_at: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      robots_teams: TeamRow;
      robots_team_members: TeamMemberRow;
      robots_labels: LabelRow;
      robots_conversation_labels: ConversationLabelRow;
      robots_quick_replies: QuickReplyRow;
    }
  }
}
