/** Examples: read at first, an editor when wanted, and always restorable. */

import { dock } from "../controls/dock.ts";
import { draftBar } from "../controls/draft_bar.ts";
import { createRun } from "../controls/run.ts";
import { createEditor } from "../editor/editor.ts";
import { symbolKeys } from "../editor/symbols.ts";
import { h } from "../dom.ts";
import type { DraftSlot, Host } from "../host.ts";
import { t } from "../texts.ts";
import type { CellView } from "../wire.ts";

/** Brings a cell of the page to life. */
export function mountCell(element: HTMLElement, host: Host): void {
  const data = element.querySelector(".sw-cell-data");
  const output = element.querySelector<HTMLElement>(".sw-outputs");
  if (!data || !output) return;
  const cell = JSON.parse(data.textContent ?? "") as CellView;
  if (cell.outputs.length && !output.childElementCount) host.openOutput(output).show(cell.outputs);
  const source = element.querySelector<HTMLElement>("pre.sw-source");
  if (!source) return;

  const slot = host.drafts?.slot(`cell:${cell.id}`) ?? null;
  const edited = slot?.text !== null && slot?.text !== undefined && slot.text !== cell.source;
  const open = (focus: boolean): void => {
    tools.remove();
    openExample({ element, source, output, cell, slot, host, focus });
  };
  const tools = h(
    "div.sw-tools",
    {},
    h("button.sw-button.quiet.small", { type: "button", onclick: () => open(true) }, t("Edit and run")),
  );
  element.append(tools);
  if (edited || slot?.other) open(false);
}

interface Example {
  readonly element: HTMLElement;
  readonly source: HTMLElement;
  readonly output: HTMLElement;
  readonly cell: CellView;
  readonly slot: DraftSlot | null;
  readonly host: Host;
  readonly focus: boolean;
}

function openExample({ element, source, output, cell, slot, host, focus }: Example): void {
  const recorded = [...output.childNodes];
  const editor = createEditor({
    value: slot?.text ?? cell.source,
    label: t("Example code"),
    onChange: () => slot?.save(editor.value),
    onRun: () => run.start(),
  });
  const run = createRun(
    host,
    output,
    () => editor.value,
    () => {
      element.dataset["edited"] = ""; // what the learner ran is not drawn over by a replay
    },
  );
  const restore = h(
    "button.sw-button.quiet.small",
    {
      type: "button",
      onclick: () => {
        editor.replace(cell.source);
        slot?.save(cell.source);
        delete element.dataset["edited"];
        output.replaceChildren(...recorded);
        host.announce(t("The example is as it was."));
      },
    },
    t("Restore"),
  );
  source.replaceWith(
    h(
      "div.sw-example",
      {},
      slot?.other &&
        draftBar(slot.other, slot.other.draft.text, (text) => {
          editor.replace(text);
          slot.save(text);
        }),
      editor.element,
      dock(symbolKeys(editor), h("div.sw-tools", {}, ...run.buttons, restore, editor.toggle)),
      editor.help,
      run.status,
    ),
  );
  if (focus) editor.focus();
}

/** A place to try things out, at the end of the page. It counts for nothing. */
export function scratchCell(chapter: string, host: Host): HTMLElement {
  const slot = host.drafts?.slot(`scratch:${chapter}`) ?? null;
  const body = h("div.sw-cell");
  const details = h(
    "details.sw-scratch",
    {},
    h("summary", {}, t("Scratch cell")),
    h(
      "p.sw-help",
      {},
      t("Try anything here. It is kept, it knows the names of this chapter, and it never counts."),
    ),
    body,
  );
  const fill = (): void => {
    if (!details.open || body.hasChildNodes()) return;
    const output = h("div.sw-outputs");
    const editor = createEditor({
      value: slot?.text ?? "",
      label: t("Scratch cell"),
      onChange: () => slot?.save(editor.value),
      onRun: () => run.start(),
    });
    const run = createRun(host, output, () => editor.value);
    body.append(
      editor.element,
      dock(symbolKeys(editor), h("div.sw-tools", {}, ...run.buttons, editor.toggle)),
      editor.help,
      run.status,
      output,
    );
    if (slot?.other) {
      body.prepend(
        draftBar(slot.other, slot.other.draft.text, (text) => {
          editor.replace(text);
          slot.save(text);
        }),
      );
    }
  };
  details.addEventListener("toggle", fill);
  return details;
}
