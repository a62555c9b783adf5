// The editor with the parts of it that a query needs, and the Kusto language. Loaded by the hunting page alone, because it is
// larger than everything else together. Its own few words (of menus and messages) are English: the package has no others.
import * as monaco from 'monaco-editor/esm/vs/editor/editor.api';
import 'monaco-editor/esm/vs/base/browser/ui/codicons/codiconStyles.js';
import 'monaco-editor/esm/vs/editor/browser/coreCommands.js';
import 'monaco-editor/esm/vs/editor/contrib/bracketMatching/browser/bracketMatching.js';
import 'monaco-editor/esm/vs/editor/contrib/clipboard/browser/clipboard.js';
import 'monaco-editor/esm/vs/editor/contrib/comment/browser/comment.js';
import 'monaco-editor/esm/vs/editor/contrib/cursorUndo/browser/cursorUndo.js';
import 'monaco-editor/esm/vs/editor/contrib/find/browser/findController.js';
import 'monaco-editor/esm/vs/editor/contrib/folding/browser/folding.js';
import 'monaco-editor/esm/vs/editor/contrib/format/browser/formatActions.js';
import 'monaco-editor/esm/vs/editor/contrib/gotoError/browser/gotoError.js';
import 'monaco-editor/esm/vs/editor/contrib/hover/browser/hover.js';
import 'monaco-editor/esm/vs/editor/contrib/indentation/browser/indentation.js';
import 'monaco-editor/esm/vs/editor/contrib/linesOperations/browser/linesOperations.js';
import 'monaco-editor/esm/vs/editor/contrib/multicursor/browser/multicursor.js';
import 'monaco-editor/esm/vs/editor/contrib/rename/browser/rename.js';
import 'monaco-editor/esm/vs/editor/contrib/smartSelect/browser/smartSelect.js';
import 'monaco-editor/esm/vs/editor/contrib/snippet/browser/snippetController2.js';
import 'monaco-editor/esm/vs/editor/contrib/suggest/browser/suggestController.js';
import 'monaco-editor/esm/vs/editor/contrib/toggleTabFocusMode/browser/toggleTabFocusMode.js';
import 'monaco-editor/esm/vs/editor/contrib/wordHighlighter/browser/wordHighlighter.js';
import 'monaco-editor/esm/vs/editor/contrib/wordOperations/browser/wordOperations.js';
import 'monaco-editor/esm/vs/editor/common/standaloneStrings.js';
import { getKustoWorker, kustoDefaults } from '@kusto/monaco-kusto/release/esm/monaco.contribution';
import './editor.css';
import { giveStylesTheNonce } from './style-nonce.ts';

giveStylesTheNonce();

window.MonacoEnvironment = {
  getWorker: (_id, label) =>
    label === 'kusto'
      ? new Worker(new URL('./kusto.worker.ts', import.meta.url), { type: 'module' })
      : new Worker(new URL('./base.worker.ts', import.meta.url), { type: 'module' }),
};

kustoDefaults.setLanguageSettings({
  ...kustoDefaults.languageSettings,
  // Queries only: nothing here takes commands.
  includeControlCommands: false,
  openSuggestionDialogAfterPreviousSuggestionAccepted: false,
});

// The query around the cursor is marked so faintly that every colour of the language can still be read on it (4.5:1).
const faint = (color: string) => ({ 'editor.selectionHighlightBackground': color });
monaco.editor.defineTheme('sallyport-light', { base: 'vs', inherit: true, rules: [], colors: faint('#0a5d6410') });
monaco.editor.defineTheme('sallyport-dark', { base: 'vs-dark', inherit: true, rules: [], colors: faint('#ffffff0a') });

/** The editor's themes for those of the portal. */
export const editorThemes = { light: 'sallyport-light', dark: 'sallyport-dark', contrast: 'hc-black' } as const;

export { getKustoWorker, monaco };
