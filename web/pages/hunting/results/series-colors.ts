// Colours of series, in an order in which neighbours differ in hue and in lightness. Each stands out from a light and from a
// dark ground (3:1 and more), so that themes need no lists of their own.
const colors = [
  '#3987b8',
  '#c2632b',
  '#5f9e57',
  '#a2639e',
  '#b78a1c',
  '#4d9c98',
  '#cf5f6b',
  '#7d7fc4',
  '#8f8b3a',
  '#b06a82',
  '#6b8e9e',
  '#a5764a',
];

export function seriesColor(index: number): string {
  return colors[index % colors.length] ?? '#3987b8';
}
