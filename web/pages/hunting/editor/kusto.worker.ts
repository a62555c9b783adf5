// The thread of the language service: it parses, completes and checks what stands in the editor.
import './node-global.ts';
import '@kusto/monaco-kusto/release/esm/kusto.worker';
