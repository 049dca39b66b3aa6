/**
 * The learner's kernel as this page sees it: running code, what state it is in, what its replay put out.
 *
 * The server owns the kernel. It starts it, replays the chapter into it and puts it to sleep; the page
 * follows by a long poll, and talks to the kernel through Voilà's front end.
 */

import type { NbOutput } from "../wire.ts";
import { t } from "../texts.ts";
import type { PageConfig } from "./config.ts";
import { isWanted, joined, jupyter, type Kernel, wake } from "./jupyter.ts";
import { onTrouble, trouble } from "./loading.ts";
import { OutputView } from "./outputs.ts";

export type RunnerState = "starting" | "idle" | "busy" | "lost" | "off";

export interface Runner {
  readonly state: RunnerState;
  readonly notice: string;
  /** What became of the learner's names when a session took another's place; said once. */
  news(): string;
  /** What is amiss with Python although it runs. */
  readonly warning: string;
  /** Seconds that a run may take. */
  readonly limit: number;
  /** Whether the server has stopped a run, by its id, because it took longer. */
  tookTooLong(id: string): boolean;
  onState(listener: () => void): () => void;
  run(code: string, out: OutputView, opts?: RunOptions): Promise<"ok" | "error" | "aborted">;
  interrupt(): Promise<void>;
  restart(): Promise<void>;
  /** A step was unlocked or an exercise passed: bring the kernel to where the learner is. */
  sync(): Promise<void>;
}

export interface RunOptions {
  silent?: boolean;
  /** Hears the run's id once it has been sent. */
  begun?(id: string): void;
}

interface Session {
  epoch: string;
  version: number;
  generation: number;
  state: "off" | "starting" | "ready" | "lost";
  notice: string;
  warning: string;
  too_long: string[];
  run_limit: number;
  /** Whether no other page can be connected to the kernel. */
  crowded: boolean;
  outputs: Record<string, NbOutput[]>;
}

const NOTHING: Session = {
  epoch: "",
  version: -1,
  generation: 0,
  state: "starting",
  notice: "",
  warning: "",
  too_long: [],
  run_limit: 0,
  crowded: false,
  outputs: {},
};
const RETRY_MS = 3000;
const CODE = ".cm-editor, .sw-plain";

export function createRunner(page: PageConfig): Runner {
  return new ServerRunner(page);
}

class ServerRunner implements Runner {
  private session: Session = NOTHING;
  private kernel: Kernel | null = null;
  private running = 0;
  private told = 0;
  private readonly listeners = new Set<() => void>();
  private readonly drawn = new Map<string, string>();
  private readonly address: string;

  constructor(page: PageConfig) {
    this.address = `${page.baseUrl}learn/${page.course}/${page.chapter}/session`;
    void this.follow();
    // Who is about to write code will want to run it.
    document.addEventListener("focusin", ({ target }) => {
      if (target instanceof Element && target.closest(CODE)) wake();
    });
    onTrouble(() => this.changed());
    void joined.then(({ kernel }) => {
      this.kernel = kernel;
      kernel.statusChanged.connect(() => this.changed());
      kernel.connectionStatusChanged.connect(() => this.changed());
      this.changed();
    });
  }

  get state(): RunnerState {
    if (this.session.state === "off" || this.session.state === "lost") return this.session.state;
    const connected = this.kernel?.connectionStatus === "connected";
    if (this.session.state === "starting" || (isWanted() && !connected)) return "starting";
    return this.running > 0 || this.kernel?.status === "busy" ? "busy" : "idle";
  }

  get notice(): string {
    if (trouble() === "broken")
      return t(
        "Python could not be loaded into this page. Reload the page to try again; what you wrote is kept.",
      );
    if (trouble() === "away")
      return t(
        "The connection broke while Python was being loaded into this page. Loading goes on as soon as it is back, and then your code runs.",
      );
    if (this.shutOut)
      return t(
        "This chapter is open in too many pages. Close another one, and Python is there for this one.",
      );
    return this.session.notice ? t(this.session.notice) : "";
  }

  news(): string {
    const { state, generation, notice } = this.session;
    if (state !== "ready" || this.told === generation) return "";
    this.told = generation;
    return notice ? t(notice) : "";
  }

  /** Whether other pages have taken all places at the kernel. */
  private get shutOut(): boolean {
    const { state, crowded } = this.session;
    return crowded && state === "ready" && this.kernel?.connectionStatus !== "connected";
  }

  get warning(): string {
    return this.session.warning ? t(this.session.warning) : "";
  }

  get limit(): number {
    return this.session.run_limit;
  }

  tookTooLong(id: string): boolean {
    return this.session.too_long.includes(id);
  }

  onState(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async run(code: string, out: OutputView, opts: RunOptions = {}): Promise<"ok" | "error" | "aborted"> {
    this.running += 1;
    this.changed();
    try {
      const kernel = await this.connected();
      out.clear();
      const silent = opts.silent === true;
      const future = kernel.requestExecute({
        code,
        silent,
        store_history: !silent,
        allow_stdin: true,
        stop_on_error: false, // an error must not throw away a replay that waits behind it
      });
      opts.begun?.(future.msg.header.msg_id);
      future.onIOPub = (message) => out.receive(message.header.msg_type, message.content);
      future.onStdin = (message) => {
        if (message.header.msg_type !== "input_request") return;
        const { prompt, password } = message.content as { prompt: string; password: boolean };
        void out
          .ask(prompt, password)
          .then((value) => future.sendInputReply({ status: "ok", value }, message.header));
      };
      return await this.orLost(future.done.then((reply) => reply.content.status));
    } catch {
      return "aborted";
    } finally {
      this.running -= 1;
      this.changed();
    }
  }

  /** What came of a run, or that its kernel went before it could say so. */
  private async orLost<T>(result: Promise<T>): Promise<T | "aborted"> {
    const { generation } = this.session;
    let forget: () => void = () => undefined;
    const lost = new Promise<"aborted">((resolve) => {
      forget = this.onState(() => {
        const { state } = this.session;
        if (state === "lost" || state === "off" || this.session.generation !== generation) resolve("aborted");
      });
    });
    try {
      return await Promise.race([result, lost]);
    } finally {
      forget();
    }
  }

  async interrupt(): Promise<void> {
    await this.post("interrupt");
  }

  async restart(): Promise<void> {
    await this.post("restart");
  }

  async sync(): Promise<void> {
    await this.post("sync");
  }

  /** A kernel to talk to: woken and reconnected if need be. */
  private async connected(): Promise<Kernel> {
    const { kernel } = await jupyter();
    const woken = this.session.state === "off" || this.session.state === "lost";
    if (woken) await this.sync();
    await this.until(() => this.session.state === "ready");
    // While a kernel is away the client waits longer and longer between its tries. A try that is
    // under way is left alone: what was sent over a connection that is replaced would be lost.
    if (kernel.connectionStatus === "disconnected" || (woken && kernel.connectionStatus !== "connected")) {
      await kernel.reconnect();
    }
    await this.until(() => kernel.connectionStatus === "connected");
    return kernel;
  }

  private until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => {
      const stop = this.onState(() => {
        if (!condition()) return;
        stop();
        resolve();
      });
    });
  }

  private async follow(): Promise<never> {
    for (;;) {
      try {
        const response = await fetch(
          `${this.address}?since=${String(this.session.version)}&epoch=${this.session.epoch}`,
        );
        if (!response.ok) throw new Error(String(response.status));
        this.take((await response.json()) as Session);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  private async post(action: string): Promise<void> {
    const xsrf = /\b_xsrf=([^;]*)/.exec(document.cookie)?.[1] ?? "";
    const response = await fetch(`${this.address}?action=${action}`, {
      method: "POST",
      headers: { "X-XSRFToken": xsrf },
    });
    if (response.ok) this.take((await response.json()) as Session);
  }

  private take(session: Session): void {
    const shutOut = this.shutOut;
    const anew = session.epoch !== this.session.epoch || session.generation !== this.session.generation;
    if (session.version < this.session.version && session.epoch === this.session.epoch) return;
    this.session = session;
    if (anew) this.drawn.clear();
    for (const [cell, outputs] of Object.entries(session.outputs)) this.draw(cell, outputs);
    // The client tries less and less often, and then no more.
    if (shutOut && !session.crowded) void this.kernel?.reconnect().catch(() => undefined);
    this.changed();
  }

  /** Live outputs take the place of recorded ones, unless the learner has run the cell themselves. */
  private draw(cell: string, outputs: NbOutput[]): void {
    const text = JSON.stringify(outputs);
    const holder = document.querySelector<HTMLElement>(`.sw-cell[data-cell="${CSS.escape(cell)}"]`);
    if (!holder || this.drawn.get(cell) === text || holder.dataset["edited"] !== undefined) return;
    const element = holder.querySelector<HTMLElement>(".sw-outputs");
    if (!element) return;
    this.drawn.set(cell, text);
    const view = new OutputView(element, { alt: holder.dataset["alt"] ?? "" });
    view.clear();
    view.show(outputs);
  }

  private changed(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
