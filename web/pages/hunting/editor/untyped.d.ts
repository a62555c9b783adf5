// Parts of the editor that come without types: each is loaded for what it does.
declare module 'monaco-editor/esm/vs/*';
declare module '@kusto/monaco-kusto/release/esm/kusto.worker';
