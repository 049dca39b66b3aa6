/** Which of several texts for one slot counts: pure, because nothing may ever be lost here. */

import type { DraftView } from "../wire.ts";

/** A slot as this browser keeps it. `acknowledged`: the newest revision the server is known to have. */
export interface LocalDraft {
  text: string;
  revision: number;
  acknowledged: number;
  /** When it was written; the server's time once acknowledged. */
  at: string;
  /** The time of the newest draft of another device that was dismissed or taken over. */
  seen: string;
}

export interface Merged {
  local: LocalDraft | null;
  /** Newer, different and from elsewhere: to be offered, never to be forced. */
  other: DraftView | null;
  /** Whether the server still has to hear of `local`. */
  unsaved: boolean;
}

/** `stored` are all devices' drafts of the slot, in any order. */
export function mergeDrafts(local: LocalDraft | null, stored: readonly DraftView[], device: string): Merged {
  const own = stored.find((draft) => draft.device === device) ?? null;
  const newest = stored
    .filter((draft) => draft.device !== device)
    .reduce<DraftView | null>((best, draft) => (best && best.at >= draft.at ? best : draft), null);
  const mine = local ?? fromServer(own);
  if (!mine) {
    // Nothing was ever written here, so the other device's text is simply where the learner stopped.
    return {
      local: newest && { ...fromServer(newest), revision: 0, acknowledged: 0 },
      other: null,
      unsaved: false,
    };
  }
  // After the browser's storage was restored from a copy, the server may have counted further.
  const revision = Math.max(mine.revision, own?.revision ?? 0);
  const unsaved = mine.revision > mine.acknowledged;
  const offered = newest && newest.at > mine.at && newest.at > mine.seen && newest.text !== mine.text;
  return {
    local: { ...mine, revision: unsaved ? Math.max(revision, (own?.revision ?? 0) + 1) : revision },
    other: offered ? newest : null,
    unsaved,
  };
}

function fromServer(draft: DraftView): LocalDraft;
function fromServer(draft: DraftView | null): LocalDraft | null;
function fromServer(draft: DraftView | null): LocalDraft | null {
  if (!draft) return null;
  return {
    text: draft.text,
    revision: draft.revision,
    acknowledged: draft.revision,
    at: draft.at,
    seen: "",
  };
}
