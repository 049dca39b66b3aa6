/** The REST API, as the signed-in learner. A problem becomes `Refused`, silence becomes `Unreachable`. */

import { Refused, Unreachable } from "../host.ts";
import type {
  AttemptPage,
  AttemptResult,
  CheckpointView,
  DraftView,
  Problem,
  ProgressView,
  ShowResult,
  Submission,
  WaitingView,
} from "../wire.ts";
import type { PageConfig } from "./config.ts";

/** What a proxy answers while the server behind it is away. */
const AWAY = new Set([502, 503, 504]);
const PROBLEM = "application/problem+json";
const PATIENCE_MS = 60_000;

export interface DraftBody {
  device: string;
  text: string;
  revision: number;
}

export class Api {
  private readonly course: string;

  /** `heard` is told of every request whether somebody answered. */
  constructor(
    private readonly page: PageConfig,
    private readonly heard: (answered: boolean) => void,
  ) {
    this.course = `${page.baseUrl}stepwise/api/v1/courses/${encodeURIComponent(page.course)}`;
  }

  submit(step: string, submission: Submission): Promise<AttemptResult> {
    return this.json("POST", `${this.step(step)}/attempts`, submission);
  }

  /** How many gradings come before an attempt's; null when it does not wait. */
  async waiting(step: string, key: string): Promise<number | null> {
    const query = `?key=${encodeURIComponent(key)}`;
    return (await this.json<WaitingView>("GET", `${this.step(step)}/attempts/waiting${query}`)).before;
  }

  hint(step: string): Promise<CheckpointView> {
    return this.json("POST", `${this.step(step)}/hints`, {});
  }

  show(step: string): Promise<ShowResult> {
    return this.json("POST", `${this.step(step)}/show`, {});
  }

  attempts(step: string, before?: number): Promise<AttemptPage> {
    const query = before === undefined ? "?limit=10" : `?limit=10&before=${before}`;
    return this.json("GET", `${this.step(step)}/attempts${query}`);
  }

  progress(): Promise<ProgressView> {
    return this.json("GET", `${this.chapter()}/progress`);
  }

  async drafts(): Promise<DraftView[]> {
    return (await this.json<{ items: DraftView[] }>("GET", `${this.chapter()}/drafts`)).items;
  }

  /** `leaving`: the page is going away, and the request must outlive it. */
  saveDraft(slot: string, body: DraftBody, leaving: boolean): Promise<DraftView> {
    return this.json("PUT", `${this.course}/drafts/${encodeURIComponent(slot)}`, body, leaving);
  }

  /** The HTML of one unlocked step, or of the cells that close the chapter. */
  async fragment(which: { step: string } | "closing"): Promise<string> {
    const chapter = `${this.page.baseUrl}learn/${encodeURIComponent(this.page.course)}/${encodeURIComponent(this.page.chapter)}`;
    const path = which === "closing" ? "closing" : `steps/${encodeURIComponent(which.step)}`;
    return (await this.ask(`${chapter}/${path}`, { headers: { Accept: "text/html" } })).text();
  }

  /** Whether the server answers at all. */
  async alive(): Promise<boolean> {
    try {
      return (await fetch(`${this.page.baseUrl}healthz`, { cache: "no-store" })).ok;
    } catch {
      return false;
    }
  }

  private step(step: string): string {
    return `${this.course}/steps/${encodeURIComponent(step)}`;
  }

  private chapter(): string {
    return `${this.course}/chapters/${encodeURIComponent(this.page.chapter)}`;
  }

  private async json<Body>(method: string, url: string, body?: object, leaving = false): Promise<Body> {
    const headers: Record<string, string> = { Accept: "application/json" };
    if (method !== "GET") {
      headers["Content-Type"] = "application/json";
      headers["X-XSRFToken"] = /(?:^|; )_xsrf=([^;]*)/.exec(document.cookie)?.[1] ?? "";
    }
    const init: RequestInit = { method, headers, keepalive: leaving, cache: "no-store" };
    if (body) init.body = JSON.stringify(body);
    const response = await this.ask(url, init);
    return (await response.json()) as Body;
  }

  private async ask(url: string, init: RequestInit): Promise<Response> {
    let response: Response;
    try {
      const headers = { ...init.headers, "Accept-Language": this.page.language };
      response = await fetch(url, { ...init, headers, signal: AbortSignal.timeout(PATIENCE_MS) });
    } catch {
      this.heard(false);
      throw new Unreachable();
    }
    if (AWAY.has(response.status) && !(await saysNo(response))) {
      this.heard(false);
      throw new Unreachable(response.statusText);
    }
    this.heard(true);
    if (!response.ok) throw new Refused(await problemOf(response));
    return response;
  }
}

/** Whether it is the server's own no, and not a proxy's for a server that is away or about to be. */
async function saysNo(response: Response): Promise<boolean> {
  if (!response.headers.get("Content-Type")?.startsWith(PROBLEM)) return false;
  return (await problemOf(response.clone())).type !== "urn:stepwise:server-stopping";
}

async function problemOf(response: Response): Promise<Problem> {
  const fallback: Problem = { type: "about:blank", title: response.statusText, status: response.status };
  try {
    return { ...fallback, ...((await response.json()) as Partial<Problem>) };
  } catch {
    return fallback;
  }
}
