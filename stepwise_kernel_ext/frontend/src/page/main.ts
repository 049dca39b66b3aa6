/** The chapter page's script: wires the parts to each other and starts them. */

import type { Host } from "../host.ts";
import { setTexts } from "../texts.ts";
import { Api } from "./api.ts";
import { scratchCell } from "./cells.ts";
import { Chapter } from "./chapter.ts";
import { type PageConfig, readConfig } from "./config.ts";
import { Connection } from "./connection.ts";
import { Drafts } from "./drafts.ts";
import { createRunner, type Runner } from "./kernel.ts";
import { followKeyboard } from "./keyboard.ts";
import { typeset } from "./math.ts";
import { Outline } from "./outline.ts";
import { OutputView } from "./outputs.ts";
import { offerProtocol } from "./sockets.ts";

/** Progress made elsewhere is asked for when the page is looked at again after this long. */
const STALE_MS = 30_000;

async function start(page: PageConfig): Promise<void> {
  setTexts(page.texts);
  followKeyboard();
  const connection: Connection = new Connection(() => api.alive());
  const api = new Api(page, (answered) => connection.heard(answered));
  const runner = createRunner(page);
  connection.watch(runner);
  const drafts = new Drafts(page, api, () => connection.reachable());
  await drafts.load();

  const outline = new Outline(page.outline);
  const chapter: Chapter = new Chapter(page, api, outline, () => host);
  const host = pageHost({ api, runner, drafts, outline, chapter, connection });
  chapter.start();
  document.getElementById("sw-main")?.append(scratchCell(page.chapter, host));
  lookAgain(async () => chapter.follow(await api.progress()));
  document.body.dataset["ready"] = "";
}

interface Parts {
  readonly api: Api;
  readonly runner: Runner;
  readonly drafts: Drafts;
  readonly outline: Outline;
  readonly chapter: Chapter;
  readonly connection: Connection;
}

function pageHost({ api, runner, drafts, outline, chapter, connection }: Parts): Host {
  return {
    drafts,
    runner,
    state: (step) => outline.state(step),
    submit: (step, submission) => api.submit(step, submission),
    waiting: (step, key) => api.waiting(step, key),
    hint: (step) => api.hint(step),
    show: (step) => api.show(step),
    attempts: (step, before) => api.attempts(step, before),
    progressed(result): void {
      chapter.progressed(result);
      if (result.unlocked || ("attempt" in result && result.attempt.passed)) void runner.sync();
    },
    openOutput: (element) => new OutputView(element, { alt: figureText(element) }),
    typeset,
    announce(text): void {
      const live = document.getElementById("sw-live");
      if (live) live.textContent = text;
    },
    reachable: () => connection.reachable(),
  };
}

/** What the author says that a cell's figures show. */
function figureText(output: HTMLElement): string {
  return output.closest<HTMLElement>("[data-alt]")?.dataset["alt"] ?? "";
}

function lookAgain(look: () => Promise<void>): void {
  let left = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") left = Date.now();
    else if (Date.now() - left > STALE_MS) void look().catch(() => undefined);
  });
}

/** What can be read is drawn first. A page that nobody looks at is not drawn at all. */
function onceDrawn(work: () => void): void {
  if (document.visibilityState === "hidden") work();
  else requestAnimationFrame(() => setTimeout(work));
}

offerProtocol();
onceDrawn(() => void start(readConfig()));
