/** How Python looks in the editor: the page's own colours, so that light and dark need no switching. */

import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const colour = (name: string): { color: string } => ({ color: `var(--sw-tok-${name})` });

export const pythonColours = HighlightStyle.define([
  {
    tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword, tags.bool, tags.null, tags.self],
    ...colour("keyword"),
  },
  { tag: [tags.string, tags.special(tags.string)], ...colour("string") },
  { tag: [tags.number], ...colour("number") },
  { tag: [tags.comment], ...colour("comment"), fontStyle: "italic" },
  {
    tag: [
      tags.definition(tags.function(tags.variableName)),
      tags.function(tags.variableName),
      tags.className,
      tags.meta,
    ],
    ...colour("name"),
  },
  { tag: [tags.operator, tags.punctuation, tags.bracket], ...colour("operator") },
]);

export const editorTheme = EditorView.theme({
  "&": { color: "var(--sw-ink)", backgroundColor: "var(--sw-surface)", fontSize: "15px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--sw-mono)", lineHeight: "1.6" },
  ".cm-content": { caretColor: "var(--sw-ink)", padding: "12px 0", minHeight: "84px" },
  ".cm-line": { padding: "0 14px" },
  ".cm-cursor": { borderLeftColor: "var(--sw-ink)", borderLeftWidth: "2px" },
  ".cm-gutters": {
    backgroundColor: "var(--sw-surface)",
    color: "var(--sw-muted)",
    border: "none",
    padding: "0 4px 0 6px",
    fontSize: "13px",
  },
  ".cm-activeLine": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--sw-accent) 6%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--sw-ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--sw-selection)",
  },
  "&.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--sw-accent-soft)",
    outline: "1px solid var(--sw-accent)",
  },
});
