/** CodeMirror as this product uses it. Loaded when the first editor appears. */

import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import {
  defaultKeymap,
  history,
  historyKeymap,
  indentLess,
  indentMore,
  insertNewlineAndIndent,
} from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorSelection, EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { h } from "../dom.ts";
import type { EditorOptions, EditorParts } from "./editor.ts";
import { editorTheme, pythonColours } from "./theme.ts";

export interface RichEditor {
  readonly element: HTMLElement;
  readonly value: string;
  replace(text: string): void;
  insert(text: string): void;
  focus(): void;
  destroy(): void;
}

export interface Start {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

export function richEditor(options: EditorOptions, parts: EditorParts, start: Start): RichEditor {
  const element = h("div.sw-rich");
  const view = new EditorView({
    parent: element,
    state: EditorState.create({
      doc: start.text,
      selection: EditorSelection.single(start.from, start.to),
      extensions: [keys(options), appearance(), editing(), naming(parts), changes(options)],
    }),
  });
  // JupyterLab listens for keys on the document, and would take ours for its commands.
  element.addEventListener("keydown", (event) => event.stopPropagation());

  return {
    element,
    get value(): string {
      return view.state.doc.toString();
    },
    replace: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
    insert(text): void {
      view.dispatch(view.state.replaceSelection(text), { scrollIntoView: true, userEvent: "input.type" });
      view.focus();
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}

function keys(options: EditorOptions): Extension {
  const act = (action: (() => void) | undefined) => (): boolean => {
    action?.();
    return true;
  };
  return keymap.of([
    { key: "Mod-Enter", run: act(options.onCheck) },
    { key: "Ctrl-Enter", run: act(options.onCheck) },
    { key: "Shift-Enter", run: act(options.onRun) },
    { key: "Enter", run: insertNewlineAndIndent },
    ...closeBracketsKeymap,
    ...historyKeymap,
    { key: "Tab", run: tab, shift: indentLess },
    ...defaultKeymap,
  ]);
}

/** With a selection Tab indents its lines; else it goes to the next stop of four. */
function tab(view: EditorView): boolean {
  const { state } = view;
  if (state.readOnly) return false;
  if (state.selection.ranges.some((range) => !range.empty)) return indentMore(view);
  view.dispatch(
    state.changeByRange((range) => {
      const column = range.head - state.doc.lineAt(range.head).from;
      const spaces = " ".repeat(4 - (column % 4));
      return {
        changes: { from: range.head, insert: spaces },
        range: EditorSelection.cursor(range.head + spaces.length),
      };
    }),
    { userEvent: "input", scrollIntoView: true },
  );
  return true;
}

function appearance(): Extension {
  return [
    editorTheme,
    syntaxHighlighting(pythonColours),
    lineNumbers(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    drawSelection(),
    bracketMatching(),
  ];
}

function editing(): Extension {
  return [
    history(),
    python(),
    indentUnit.of("    "),
    EditorState.tabSize.of(4),
    indentOnInput(),
    closeBrackets(),
  ];
}

function naming(parts: EditorParts): Extension {
  return EditorView.contentAttributes.of({
    tabindex: "0",
    "aria-labelledby": parts.name,
    "aria-describedby": parts.describedBy,
    autocapitalize: "off",
    autocorrect: "off",
    spellcheck: "false",
    translate: "no",
  });
}

function changes(options: EditorOptions): Extension {
  return EditorView.updateListener.of((update) => {
    if (update.docChanged) options.onChange();
  });
}
