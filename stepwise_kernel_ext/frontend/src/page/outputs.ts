/**
 * An output area: what a cell printed, showed or raised, as it arrives.
 *
 * Text, images and errors are drawn at once and without help; HTML, LaTeX and widgets are drawn by the
 * Jupyter front end when it has joined the page.
 */

import type { NbOutput } from "../wire.ts";
import { t } from "../texts.ts";
import { joined as jupyterJoined, modelArrives, wake } from "./jupyter.ts";

const WIDGET = "application/vnd.jupyter.widget-view+json";
const IMAGES = ["image/png", "image/jpeg", "image/gif"];
const LIMIT = 200_000;
/** What Jupyter's server sends in the place of output that comes too fast. */
const FLOODED = /^\s*IOPub (data|message) rate exceeded/;
// eslint-disable-next-line no-control-regex
const ANSI = /\u001b\[[0-9;]*[A-Za-z]/g;

type Bundle = Record<string, unknown>;

/** Elements that `update_display` messages may replace, by display id. */
const displays = new Map<string, HTMLElement>();

export class OutputView {
  private written = 0;
  private clearFirst = false;
  private question: HTMLFormElement | null = null;
  private stream: { name: string; node: HTMLPreElement } | null = null;

  constructor(
    private readonly element: HTMLElement,
    private readonly options: { alt?: string } = {},
  ) {
    element.classList.add("sw-outputs");
  }

  clear(wait = false): void {
    if (wait) {
      this.clearFirst = true;
      return;
    }
    this.element.replaceChildren();
    this.stream = null;
    this.written = 0;
    this.clearFirst = false;
  }

  show(outputs: NbOutput[]): void {
    for (const output of outputs) this.append(output);
  }

  /** One message of the kernel's broadcast channel. */
  receive(type: string, content: Bundle): void {
    if (type === "clear_output") this.clear(content["wait"] === true);
    else if (type === "update_display_data") this.update(content);
    else if (["stream", "display_data", "execute_result", "error"].includes(type))
      this.append({ output_type: type, ...content } as NbOutput);
  }

  /** A line of input for the running code. */
  ask(prompt: string, password: boolean): Promise<string> {
    this.stopAsking();
    const form = document.createElement("form");
    this.question = form;
    form.className = "sw-stdin";
    const label = document.createElement("label");
    label.textContent = prompt || t("The program asks for a line of text:");
    const field = document.createElement("input");
    field.className = "sw-input mono";
    field.type = password ? "password" : "text";
    field.autocomplete = "off";
    field.spellcheck = false;
    label.append(field);
    const send = document.createElement("button");
    send.className = "sw-button";
    send.textContent = t("Send");
    form.append(label, send);
    this.element.append(form);
    field.focus();
    return new Promise((resolve) => {
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.stopAsking();
        this.text("stdout", `${prompt}${password ? "" : field.value}\n`);
        resolve(field.value);
      });
    });
  }

  /** Takes the field away, if there is one, and says whether somebody was in it. */
  stopAsking(): boolean {
    const entered = this.question?.contains(document.activeElement) === true;
    this.question?.remove();
    this.question = null;
    return entered;
  }

  private append(output: NbOutput): void {
    if (this.clearFirst) this.clear();
    const kind = String(output["output_type"]);
    if (kind === "notice") {
      this.stream = null;
      this.element.append(pre("sw-stream", t(String(output["text"]))));
      return;
    }
    if (kind === "stream") {
      this.text(String(output["name"]), joined(output["text"]));
      return;
    }
    this.stream = null;
    if (kind === "error") {
      this.element.append(pre("sw-error", joined(output["traceback"], "\n").replace(ANSI, "")));
      return;
    }
    const holder = document.createElement("div");
    holder.className = "sw-output";
    this.element.append(holder);
    const transient = output["transient"] as { display_id?: string } | undefined;
    if (transient?.display_id) displays.set(transient.display_id, holder);
    this.draw(holder, (output["data"] ?? {}) as Bundle, (output["metadata"] ?? {}) as Bundle);
  }

  private update(content: Bundle): void {
    const id = (content["transient"] as { display_id?: string } | undefined)?.display_id;
    const holder = id ? displays.get(id) : undefined;
    if (holder?.isConnected)
      this.draw(holder, content["data"] as Bundle, (content["metadata"] ?? {}) as Bundle);
  }

  private text(name: string, given: string): void {
    if (this.written > LIMIT) return;
    const flooded = FLOODED.test(given);
    const text = flooded ? "" : given;
    this.written += flooded ? LIMIT + 1 : text.length;
    if (!this.stream || this.stream.name !== name) {
      this.stream = { name, node: pre(`sw-stream sw-${name}`, "") };
      this.element.append(this.stream.node);
    }
    this.stream.node.append(text);
    if (this.written > LIMIT) {
      this.element.append(pre("sw-stream", t("The rest is not shown: there is too much of it.")));
    }
  }

  private draw(holder: HTMLElement, data: Bundle, metadata: Bundle): void {
    const image = IMAGES.find((type) => type in data);
    if (image && !(WIDGET in data)) {
      const figure = document.createElement("img");
      figure.className = "sw-figure";
      figure.src = `data:${image};base64,${joined(data[image]).replaceAll("\n", "")}`;
      figure.alt = this.options.alt || t("Figure made by the code");
      holder.replaceChildren(figure);
      return;
    }
    const plain = joined(data["text/plain"]);
    const rich = Object.keys(data).some((type) => type !== "text/plain");
    if (!rich) {
      holder.replaceChildren(pre("sw-result", plain));
      return;
    }
    if (!holder.hasChildNodes() && !(WIDGET in data)) holder.replaceChildren(pre("sw-result", plain));
    void this.drawRich(holder, data, metadata, plain);
  }

  private async drawRich(holder: HTMLElement, data: Bundle, metadata: Bundle, plain: string): Promise<void> {
    wake();
    const { rendermime, manager } = await jupyterJoined;
    const widget = WIDGET in data;
    if (widget) await modelArrives(manager, String((data[WIDGET] as { model_id?: string }).model_id));
    const type = rendermime.preferredMimeType(data, widget ? "any" : "prefer");
    if (!type) {
      holder.replaceChildren(pre("sw-result", plain));
      return;
    }
    const renderer = rendermime.createRenderer(type);
    const model = { data, metadata, trusted: widget, setData: () => undefined };
    const host = document.createElement("div");
    holder.replaceChildren(host);
    // A Lumino widget learns by messages that its node has joined the document.
    renderer.processMessage(message("before-attach"));
    host.append(renderer.node);
    renderer.processMessage(message("after-attach"));
    const watched = { childList: true, subtree: true, attributeFilter: ["title"] };
    new MutationObserver(() => mendNames(host)).observe(host, watched);
    await renderer.renderModel(model);
    mendNames(host);
  }
}

/**
 * What ipywidgets and pandas leave unsaid to screen readers: a slider's name, a corner without one. And what
 * ipywidgets says for nothing: it writes the tooltip that a widget has not (None) on its label, as “null”.
 */
function mendNames(host: HTMLElement): void {
  for (const label of host.querySelectorAll(".jupyter-widgets [title=null]")) label.removeAttribute("title");
  for (const slider of host.querySelectorAll("[role=slider]:not([aria-label])")) {
    const label = slider.closest(".jupyter-widgets")?.querySelector(".widget-label")?.textContent?.trim();
    slider.setAttribute("aria-label", label || t("Slider"));
  }
  for (const corner of host.querySelectorAll("th:empty")) corner.replaceWith(document.createElement("td"));
}

function message(type: string): { type: string; isConflatable: boolean; conflate(): boolean } {
  return { type, isConflatable: false, conflate: () => false };
}

function joined(value: unknown, glue = ""): string {
  if (Array.isArray(value)) return value.join(glue);
  return typeof value === "string" ? value : "";
}

function pre(names: string, text: string): HTMLPreElement {
  const node = document.createElement("pre");
  node.className = names;
  node.tabIndex = 0;
  node.textContent = text;
  return node;
}
