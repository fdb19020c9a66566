/** The environment variable of an option: `maxLabel` is ENTENTE_MAX_LABEL. */
export function envName(name: string): string {
  return `ENTENTE_${name.replaceAll(/[A-Z]/g, (c) => `_${c}`).toUpperCase()}`;
}
