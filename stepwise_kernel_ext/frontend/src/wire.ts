/**
 * The shapes that cross the wire. They mirror `courses/models/views` name by name; the OpenAPI
 * document is what they are checked against.
 */

export type Outcome =
  "passed" | "failed" | "error" | "timeout" | "memory" | "processes" | "crash" | "output" | "unavailable";
export type StepState = "locked" | "current" | "open" | "passed" | "proved" | "shown";
export type CheckpointKind =
  "read" | "choice" | "many" | "number" | "text" | "order" | "predict" | "write" | "exercise" | "parts";

/** What one question is answered with; `parts` takes a list of them, one a part. */
export type PlainAnswer = boolean | string | string[];
export type Answer = PlainAnswer | PlainAnswer[];

export interface Rendered {
  source: string;
  html: string;
}

export interface OptionView {
  id: string;
  text: Rendered;
}

/** A value of an nbformat output's `data`, by media type. */
export type MimeBundle = Record<string, unknown>;

export interface NbOutput {
  output_type: string;
  [field: string]: unknown;
}

export interface CellView {
  id: string;
  kind: "markdown" | "code";
  source: string;
  html: string;
  outputs: NbOutput[];
  alt: string;
  hidden_source: boolean;
}

export interface TestView {
  label: string;
  passed: boolean;
  message: string;
  hidden: boolean;
}

export interface VerdictView {
  passed: boolean;
  score: number;
  outcome: Outcome;
  feedback: Rendered[];
  tests: TestView[];
  printed: string;
  traceback: string;
  parts: VerdictView[];
}

export interface AttemptView {
  id: number;
  step: string;
  edition: number;
  answer: Answer;
  passed: boolean;
  verdict: VerdictView;
  at: string;
  duration_ms: number;
}

export interface QuestionView {
  kind: CheckpointKind;
  ask: Rendered;
  options: OptionView[];
  code: string;
  parts: QuestionView[];
}

export interface SolutionView {
  kind: CheckpointKind;
  code: string;
  text: Rendered;
  rubric: Rendered;
  explanation: Rendered;
}

export interface CheckpointView {
  step: string;
  edition: number;
  question: QuestionView;
  points: number;
  hints: Rendered[];
  hints_total: number;
  last_attempt: AttemptView | null;
  last_pass: AttemptView | null;
  attempts: number;
  failures_left: number | null;
  pause_seconds: number;
  solution: SolutionView | null;
}

export interface StepLine {
  id: string;
  title: string;
  state: StepState;
}

export interface ChapterLine {
  id: string;
  title: string;
  summary: string;
  minutes: number;
  settled: number;
  total: number;
  finished: boolean;
}

export interface ProgressView {
  chapter: string;
  outline: StepLine[];
  settled: number;
  total: number;
  finished: boolean;
  course_finished: boolean;
}

export interface AttemptResult {
  attempt: AttemptView;
  counted: boolean;
  checkpoint: CheckpointView;
  progress: ProgressView;
  unlocked: string | null;
  replayed: boolean;
}

export interface ShowResult {
  checkpoint: CheckpointView;
  progress: ProgressView;
  unlocked: string | null;
}

export interface AttemptPage {
  items: AttemptView[];
  next_before: number | null;
}

export interface WaitingView {
  before: number | null;
}

export interface DraftView {
  slot: string;
  device: string;
  text: string;
  revision: number;
  at: string;
}

/** What an attempt is sent as. The same `key` never records twice. */
export interface Submission {
  answer: Answer;
  key: string;
  edition: number;
  duration_ms: number;
}

/** RFC 9457, as the server answers everything that went wrong. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  retry_after?: number;
  field?: string;
}
