/**
 * A code editor that is there at once: a text area first, CodeMirror in its place once that has loaded,
 * and the text area for good where a learner prefers it.
 */

import { freshId, h } from "../dom.ts";
import { recall, remember } from "../storage.ts";
import { t } from "../texts.ts";
import type { RichEditor } from "./codemirror.ts";
import { insertInto, plainEditor } from "./plain.ts";

export interface EditorOptions {
  readonly value: string;
  readonly label: string;
  /** Ids of what else names the editor. */
  readonly labelledBy?: string;
  readonly onChange: () => void;
  readonly onCheck?: () => void;
  readonly onRun: () => void;
}

export interface CodeEditor {
  readonly element: HTMLElement;
  /** How to leave the editor with the keyboard. */
  readonly help: HTMLElement;
  /** "Use a plain text area instead", and back. */
  readonly toggle: HTMLElement;
  readonly value: string;
  /** Puts a whole new text in, as one step that Undo takes back; `onChange` is for what a person does. */
  replace(text: string): void;
  /** Types at the caret. */
  insert(text: string): void;
  focus(): void;
  destroy(): void;
}

export interface EditorParts {
  readonly name: string;
  readonly describedBy: string;
}

const PREFERENCE = "stepwise:plain-editor";

const prefersPlain = (): boolean => recall(PREFERENCE) === "yes";

export function createEditor(options: EditorOptions): CodeEditor {
  const name = h("span.sw-visually-hidden", { id: freshId("editor") }, options.label);
  const help = h("p.sw-help.sw-keys-help", { id: freshId("help") });
  const parts: EditorParts = {
    name: options.labelledBy ? `${name.id} ${options.labelledBy}` : name.id,
    describedBy: help.id,
  };
  const plain = plainEditor(options, parts);
  const element = h("div.sw-editor", {}, name, plain);
  const toggle = h("button.sw-button.quiet.small", { type: "button", onclick: switchKind });
  let rich: RichEditor | null = null;
  let wanted = 0;
  let quiet = false;

  function describe(): void {
    help.textContent = rich
      ? t("Tab indents. To leave the editor press Escape, then Tab.")
      : t("Tab leaves the text area.");
    toggle.textContent = prefersPlain() ? t("Use the code editor") : t("Use a plain text area");
  }

  async function enrich(): Promise<void> {
    wanted += 1;
    const ticket = wanted;
    const { richEditor } = await import("./codemirror.ts");
    if (ticket !== wanted || prefersPlain()) return;
    const focused = document.activeElement === plain;
    rich = richEditor({ ...options, onChange: () => !quiet && options.onChange() }, parts, {
      text: plain.value,
      from: plain.selectionStart,
      to: plain.selectionEnd,
    });
    plain.replaceWith(rich.element);
    if (focused) rich.focus();
    describe();
  }

  function impoverish(): void {
    wanted += 1;
    if (rich) {
      plain.value = rich.value;
      rich.element.replaceWith(plain);
      rich.destroy();
      rich = null;
    }
    describe();
  }

  function switchKind(): void {
    remember(PREFERENCE, prefersPlain() ? "no" : "yes");
    if (prefersPlain()) impoverish();
    else void enrich();
    describe();
  }

  describe();
  if (!prefersPlain()) void enrich().catch(() => describe());

  return {
    element,
    help,
    toggle,
    get value(): string {
      return rich ? rich.value : plain.value;
    },
    replace(text): void {
      quiet = true;
      if (rich) rich.replace(text);
      else plain.value = text;
      quiet = false;
    },
    insert(text): void {
      if (rich) rich.insert(text);
      else {
        insertInto(plain, text);
        options.onChange();
      }
    },
    focus: () => (rich ? rich.focus() : plain.focus()),
    destroy: () => rich?.destroy(),
  };
}
