/**
 * Voilà's front end, which joins the page when there is a use for it: it brings Jupyter's kernel client, its
 * renderers and its widget manager. Only what this page uses of them is typed here.
 */

import { loadManager } from "./loading.ts";

export interface Signal<T> {
  connect(slot: (sender: unknown, args: T) => void): boolean;
}

export interface Message {
  header: { msg_type: string; msg_id: string };
  content: Record<string, unknown>;
}

export interface Future {
  readonly msg: Message;
  onIOPub: (message: Message) => void;
  onStdin: (message: Message) => void;
  readonly done: Promise<{ content: { status: "ok" | "error" | "aborted" } }>;
  sendInputReply(content: { status: "ok"; value: string }, parent: Message["header"]): void;
}

export interface Kernel {
  readonly status: string;
  readonly connectionStatus: "connected" | "connecting" | "disconnected";
  readonly statusChanged: Signal<string>;
  readonly connectionStatusChanged: Signal<string>;
  requestExecute(content: {
    code: string;
    silent: boolean;
    store_history: boolean;
    allow_stdin: boolean;
    stop_on_error: boolean;
  }): Future;
  reconnect(): Promise<void>;
}

export interface Renderer {
  readonly node: HTMLElement;
  processMessage(message: { type: string }): void;
  renderModel(model: unknown): Promise<void>;
}

export interface RenderMime {
  preferredMimeType(data: Record<string, unknown>, safe: "any" | "prefer" | "ensure"): string | undefined;
  createRenderer(type: string): Renderer;
}

export interface WidgetManager {
  readonly kernel: Kernel;
  readonly rendermime: RenderMime;
  /** Whether the models that the kernel holds have been fetched. */
  readonly restoredStatus: boolean;
  readonly restored: Signal<unknown>;
  has_model(id: string): boolean;
  restoreWidgets(): Promise<void>;
}

export interface Jupyter {
  readonly kernel: Kernel;
  readonly rendermime: RenderMime;
  readonly manager: WidgetManager;
}

let joining: Promise<Jupyter> | null = null;
let settle: (jupyter: Jupyter) => void;

/** Settles when Voilà's front end has joined, whoever asked for it. */
export const joined = new Promise<Jupyter>((resolve) => (settle = resolve));

/** Have Voilà's front end join. Settles when it has started and reached the kernel; fails when it cannot. */
export function jupyter(): Promise<Jupyter> {
  joining ??= loadManager().then((manager) => {
    const found = { kernel: manager.kernel, rendermime: manager.rendermime, manager };
    settle(found);
    return found;
  });
  return joining;
}

/** Have it join, for whoever waits for `joined`. */
export function wake(): void {
  jupyter().catch(() => undefined);
}

/** Whether it has been asked for. */
export function isWanted(): boolean {
  return joining !== null;
}

const LOOK_MS = 100;
const ASK_EVERY = 20;
const GIVE_UP_AFTER = 600;

/** Settles when the manager knows a widget's model, which may be on its way from the kernel. */
export async function modelArrives(manager: WidgetManager, id: string): Promise<void> {
  for (let looks = 0; !manager.has_model(id) && looks < GIVE_UP_AFTER; looks += 1) {
    const asks = looks % ASK_EVERY === ASK_EVERY - 1 && manager.kernel.connectionStatus === "connected";
    if (asks) await manager.restoreWidgets().catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
