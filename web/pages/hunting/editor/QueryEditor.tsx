import { makeStyles, tokens } from '@fluentui/react-components';
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import type { QuerySchema } from '../api.ts';
import { blockAt } from '../blocks.ts';
import type { Asked, Fault } from '../run.ts';
import { kustoSchema } from './kusto-schema.ts';
import { editorThemes, getKustoWorker, monaco } from './monaco.ts';
import { renderInfo } from './render-info.ts';

const useStyles = makeStyles({
  editor: {
    height: '260px',
    minHeight: '140px',
    maxHeight: '70vh',
    resize: 'vertical',
    overflow: 'hidden',
    border: `1px solid ${tokens.colorNeutralStrokeAccessible}`,
    borderRadius: tokens.borderRadiusMedium,
  },
});

export interface EditorHandle {
  /** What would run now: the selection, or the query around the cursor. */
  asked(): Omit<Asked, 'timespan'>;
  insert(text: string): void;
  goTo(fault: Fault): void;
}

interface QueryEditorProps {
  readonly ref: Ref<EditorHandle>;
  readonly label: string;
  readonly text: string;
  readonly schema: QuerySchema | undefined;
  readonly theme: keyof typeof editorThemes;
  /** What the server found wrong with the text that ran. */
  readonly faults: readonly Fault[];
  onChange(text: string): void;
  onRun(): void;
}

/** How long a run waits at most for the language service to say what its `render` means: it may still be loading. */
const renderWaitMs = 10_000;

/** How long a text is kept after its page was left. */
const modelKeptMs = 60_000;

/** The editor of queries. Its text is the caller's; Tab leaves it, as it leaves every other field. */
export function QueryEditor({ ref, label, text, schema, theme, faults, onChange, onRun }: QueryEditorProps) {
  const styles = useStyles();
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<monaco.editor.IStandaloneCodeEditor>(undefined);
  const acts = useRef({ onChange, onRun });
  acts.current = { onChange, onRun };
  const first = useRef({ label, text, theme });

  useEffect(() => {
    if (!place.current) return;
    const made = makeEditor(place.current, first.current);
    editor.current = made;
    made.onDidChangeModelContent(() => {
      const model = made.getModel();
      if (model) monaco.editor.setModelMarkers(model, 'server', []);
      acts.current.onChange(made.getValue());
    });
    for (const modifier of [monaco.KeyMod.CtrlCmd, monaco.KeyMod.Shift]) {
      made.addCommand(modifier | monaco.KeyCode.Enter, () => acts.current.onRun());
    }
    return () => {
      const model = made.getModel();
      made.dispose();
      // The language service may be at work on the text, and asks its model for the version when it is done.
      setTimeout(() => model?.dispose(), modelKeptMs);
    };
  }, []);
  useEffect(() => {
    if (editor.current && editor.current.getValue() !== text) editor.current.setValue(text);
  }, [text]);
  useEffect(() => monaco.editor.setTheme(editorThemes[theme]), [theme]);
  useEffect(() => editor.current?.updateOptions({ ariaLabel: label }), [label]);
  useEffect(() => {
    const uri = editor.current?.getModel()?.uri;
    if (schema && uri) void tellSchema(uri, schema);
  }, [schema]);
  useEffect(() => {
    if (editor.current) mark(editor.current, faults);
  }, [faults]);
  useImperativeHandle(ref, () => handleOf(() => editor.current), []);
  return <div className={styles.editor} ref={place} />;
}

function makeEditor(place: HTMLElement, { label, text, theme }: { label: string; text: string; theme: string }) {
  return monaco.editor.create(place, {
    // Made apart: a model that the editor makes goes with it at once.
    model: monaco.editor.createModel(text, 'kusto'),
    theme: editorThemes[theme as keyof typeof editorThemes], // The property's own type, passed on.
    ariaLabel: label,
    automaticLayout: true,
    tabFocusMode: true,
    minimap: { enabled: false },
    scrollBeyondLastLine: false,
    fontSize: 14,
    lineNumbersMinChars: 3,
    wordWrap: 'on',
    fixedOverflowWidgets: true,
    renderLineHighlight: 'none',
    suggest: { showStatusBar: false, snippetsPreventQuickSuggestions: false },
    scrollbar: { alwaysConsumeMouseWheel: false },
    unicodeHighlight: { ambiguousCharacters: false },
  });
}

async function tellSchema(uri: monaco.Uri, schema: QuerySchema): Promise<void> {
  const workerOf = await getKustoWorker();
  const worker = await workerOf(uri);
  await worker.setSchema(kustoSchema(schema));
}

function mark(editor: monaco.editor.IStandaloneCodeEditor, faults: readonly Fault[]): void {
  const model = editor.getModel();
  if (!model) return;
  const markers = faults.map(({ message, line, column }): monaco.editor.IMarkerData => {
    const at = model.validatePosition({ lineNumber: line, column });
    const word = model.getWordAtPosition(at);
    return {
      severity: monaco.MarkerSeverity.Error,
      message,
      startLineNumber: at.lineNumber,
      startColumn: at.column,
      endLineNumber: at.lineNumber,
      endColumn: word ? word.endColumn : at.column + 1,
    };
  });
  monaco.editor.setModelMarkers(model, 'server', markers);
}

function handleOf(editorOf: () => monaco.editor.IStandaloneCodeEditor | undefined): EditorHandle {
  return {
    asked() {
      const editor = editorOf();
      const model = editor?.getModel();
      if (!editor || !model) return { query: '', startLine: 1, startColumn: 1, render: Promise.resolve(null) };
      const selection = editor.getSelection();
      if (selection && !selection.isEmpty()) {
        const { startLineNumber: startLine, startColumn } = selection;
        const query = model.getValueInRange(selection);
        return { query, startLine, startColumn, render: renderAt(model, selection.getEndPosition()) };
      }
      const cursor = editor.getPosition() ?? { lineNumber: 1, column: 1 };
      const { text, startLine } = blockAt(model.getValue(), cursor.lineNumber);
      const render = renderAt(model, { lineNumber: startLine, column: 1 });
      return { query: text, startLine, startColumn: 1, render };
    },
    insert(text) {
      const editor = editorOf();
      const selection = editor?.getSelection();
      if (!editor || !selection) return;
      editor.executeEdits('schema', [{ range: selection, text, forceMoveMarkers: true }]);
      editor.focus();
    },
    goTo({ line, column }) {
      const editor = editorOf();
      editor?.setPosition({ lineNumber: line, column });
      editor?.revealLineInCenterIfOutsideViewport(line);
      editor?.focus();
    },
  };
}

async function renderAt(model: monaco.editor.ITextModel, at: monaco.IPosition) {
  if (!/\brender\b/.test(model.getValue())) return null;
  const found = (async () => {
    const worker = await (await getKustoWorker())(model.uri);
    return renderInfo(await worker.getRenderInfo(model.uri.toString(), model.getOffsetAt(at)));
  })();
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), renderWaitMs));
  return await Promise.race([found.catch(() => null), late]);
}
