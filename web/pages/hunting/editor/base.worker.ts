// The thread of what the editor does with any text: words, links, differences.
import 'monaco-editor/esm/vs/editor/editor.worker';
