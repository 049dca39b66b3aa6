/**
 * Half-written work: into this browser's storage at every keystroke, to the server a moment later, and
 * again whenever the connection returns.
 */

import { type DraftSlot, type DraftStore, type OtherDraft, Refused, Unreachable } from "../host.ts";
import { recall, remember } from "../storage.ts";
import { uuid } from "../uuid.ts";
import type { DraftView } from "../wire.ts";
import type { Api } from "./api.ts";
import type { PageConfig } from "./config.ts";
import { type LocalDraft, mergeDrafts } from "./merge.ts";

const DEBOUNCE_MS = 800;
const RETRY_MS = 10_000;
const DEVICE_KEY = "stepwise:device";

export class Drafts implements DraftStore {
  private readonly device = deviceId();
  private readonly stored = new Map<string, DraftView[]>();
  private readonly timers = new Map<string, number>();

  /** `reachable` settles when sending again has a chance. */
  constructor(
    private readonly page: PageConfig,
    private readonly api: Api,
    private readonly reachable: () => Promise<void>,
  ) {
    addEventListener("pagehide", () => this.flush());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.flush();
    });
  }

  /** Asks the server for what it keeps; without an answer, this browser's own texts must do. */
  async load(): Promise<void> {
    try {
      for (const draft of await this.api.drafts()) {
        this.stored.set(draft.slot, [...(this.stored.get(draft.slot) ?? []), draft]);
      }
    } catch {
      this.stored.clear();
    }
  }

  slot(name: string): DraftSlot {
    const merged = mergeDrafts(this.read(name), this.stored.get(name) ?? [], this.device);
    if (merged.local) this.write(name, merged.local);
    if (merged.unsaved) this.schedule(name);
    return {
      text: merged.local?.text ?? null,
      other: merged.other && this.offer(name, merged.other),
      save: (text) => this.save(name, text),
    };
  }

  private offer(name: string, draft: DraftView): OtherDraft {
    return {
      draft,
      dismiss: () => {
        const local = this.read(name);
        if (local) this.write(name, { ...local, seen: draft.at });
      },
    };
  }

  private save(name: string, text: string): void {
    const local = this.read(name);
    if (local?.text === text) return;
    this.write(name, {
      text,
      revision: (local?.revision ?? 0) + 1,
      acknowledged: local?.acknowledged ?? 0,
      at: new Date().toISOString(),
      seen: local?.seen ?? "",
    });
    this.schedule(name);
  }

  private schedule(name: string, delay = DEBOUNCE_MS): void {
    clearTimeout(this.timers.get(name));
    this.timers.set(
      name,
      window.setTimeout(() => void this.send(name), delay),
    );
  }

  private flush(): void {
    for (const name of this.timers.keys()) void this.send(name, true);
  }

  private async send(name: string, leaving = false): Promise<void> {
    clearTimeout(this.timers.get(name));
    this.timers.delete(name);
    const local = this.read(name);
    if (!local || local.revision <= local.acknowledged) return;
    try {
      const body = { device: this.device, text: local.text, revision: local.revision };
      this.acknowledge(name, local.revision, await this.api.saveDraft(name, body, leaving));
    } catch (error) {
      if (leaving) return;
      // A text the server refuses stays in this browser; one it could not take is sent again.
      if (error instanceof Unreachable) await this.reachable();
      else if (!(error instanceof Refused && isPassing(error.problem.status))) return;
      this.schedule(name, error instanceof Unreachable ? DEBOUNCE_MS : RETRY_MS);
    }
  }

  private acknowledge(name: string, revision: number, answer: DraftView): void {
    const now = this.read(name);
    if (!now) return;
    if (answer.revision > revision) {
      // The server has counted further for this device (its storage was reset): go past it.
      this.write(name, { ...now, revision: answer.revision + 1, acknowledged: answer.revision });
      this.schedule(name);
      return;
    }
    const newest = now.revision === revision;
    this.write(name, { ...now, acknowledged: revision, at: newest ? answer.at : now.at });
  }

  private key(name: string): string {
    return `stepwise:draft:${JSON.stringify([this.page.user, this.page.course, name])}`;
  }

  private read(name: string): LocalDraft | null {
    try {
      return JSON.parse(recall(this.key(name)) ?? "null") as LocalDraft | null;
    } catch {
      return null;
    }
  }

  private write(name: string, draft: LocalDraft): void {
    remember(this.key(name), JSON.stringify(draft));
  }
}

/** Too many requests, or a server in trouble: the same request may well be taken later. */
function isPassing(status: number): boolean {
  return status === 429 || status >= 500;
}

function deviceId(): string {
  const known = recall(DEVICE_KEY);
  if (known) return known;
  const made = uuid();
  remember(DEVICE_KEY, made);
  return made;
}
