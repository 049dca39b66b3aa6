/** Loading Voilà's front end, whatever becomes of the connection meanwhile. */

import { linkStyle } from "../dom.ts";
import type { WidgetManager } from "./jupyter.ts";
import { fetchAgain, pause, serverAnswers } from "./scripts.ts";

interface VoilaApp {
  readonly widgetManager: WidgetManager | null;
  readonly widgetManagerPromise: { readonly promise: Promise<WidgetManager> };
  readonly pluginRegistry: { activatePlugins(kind: "startUp"): Promise<void> };
  hasPlugin(id: string): boolean;
}

type Host = Window & { jupyterapp?: VoilaApp };

/** What keeps it from joining: the connection, or that it is not to be had without a reload. */
export type Trouble = "" | "away" | "broken";

/** The name of the icons' style sheet beside this script; the build fills it in. */
declare const ICONS_CSS: string;

const MANAGER = "@voila-dashboards/voila:widget-manager8";

let inTrouble: Trouble = "";
const troubled = new Set<() => void>();

export function trouble(): Trouble {
  return inTrouble;
}

export function onTrouble(listener: () => void): void {
  troubled.add(listener);
}

function setTrouble(now: Trouble): void {
  if (inTrouble === now || inTrouble === "broken") return;
  inTrouble = now;
  for (const listener of troubled) listener();
}

/** Settles when it has started and asked for the kernel; fails when it cannot. For one call a page. */
export async function loadManager(): Promise<WidgetManager> {
  linkStyle(ICONS_CSS);
  return managerOf(await started());
}

/** The application announces itself by setting a property of the window. */
function started(): Promise<VoilaApp> {
  const host = window as Host;
  return new Promise((resolve, reject) => {
    let value: VoilaApp | undefined;
    Object.defineProperty(host, "jupyterapp", {
      configurable: true,
      get: () => value,
      set: (app: VoilaApp) => {
        value = app;
        resolve(app);
      },
    });
    load(document.body.dataset["frontEnd"] ?? "", () => {
      if (value) return;
      setTrouble("broken");
      reject(new Error("A script of Voilà's front end is not to be had."));
    });
  });
}

/** Its part that asks for the kernel gives up when nobody answers, and so does all that needs it. */
async function managerOf(app: VoilaApp): Promise<WidgetManager> {
  if (!app.hasPlugin(MANAGER)) {
    setTrouble("broken");
    throw new Error("Voilà's front end has started without its widget manager.");
  }
  while (!app.widgetManager) {
    setTrouble("away");
    await pause();
    await serverAnswers();
    await app.pluginRegistry.activatePlugins("startUp");
  }
  setTrouble("");
  return app.widgetManagerPromise.promise;
}

/** Its main function waits for the page's `load` event, which may have been. */
function load(address: string, gaveUp: () => void): void {
  const listen = window.addEventListener.bind(window);
  window.addEventListener = (
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: AddEventListenerOptions | boolean,
  ) => {
    const hear = (event: Event): void => {
      if (typeof listener === "function") listener(event);
      else listener.handleEvent(event);
    };
    if (type === "load" && document.readyState === "complete") setTimeout(hear, 0, new Event(type));
    else listen(type, listener, options);
  };
  const folders = [address, extensions()].map((inside) => new URL(".", new URL(inside, location.href)).href);
  fetchAgain({
    owns: (script) => folders.some((folder) => script.startsWith(folder)),
    missing: (is) => setTrouble(is ? "away" : ""),
    gaveUp,
  });
  const begin = (): Promise<void> => serverAnswers().then(() => append(address));
  // Webpack waits for two minutes for a script. Nothing has begun yet, so all may begin anew.
  listen("unhandledrejection", ({ reason }) => {
    if ((reason as Error | null)?.name === "ChunkLoadError" && !(window as Host).jupyterapp) void begin();
  });
  void begin();
}

/** The browser may hold the script, which would then ask for the kernel at once: so the server is asked before. */
function append(address: string): void {
  const script = document.createElement("script");
  script.src = address;
  document.head.append(script);
}

/** The folder of the widgets' extensions. */
function extensions(): string {
  const config = document.getElementById("jupyter-config-data")?.textContent ?? "{}";
  return `${(JSON.parse(config) as { fullLabextensionsUrl?: string }).fullLabextensionsUrl ?? ""}/`;
}
