/**
 * The part of `@tak-ps/node-cot` that is used. The package names its own TypeScript sources as its
 * types; importing it by its entry would compile them under this project's stricter rules.
 */
declare module '@tak-ps/node-cot/dist/index.js' {
  export default class CoT {
    /** Throws unless the XML is well-formed and fits the schema; makes up a uid if there is none. */
    constructor(xml: string);
    readonly raw: {
      readonly event: {
        readonly _attributes: {
          readonly uid: string;
          readonly type: string;
          readonly how?: string;
          readonly time: string;
          readonly start: string;
          readonly stale: string;
        };
        readonly point: {
          readonly _attributes: Readonly<
            Record<'lat' | 'lon' | 'hae' | 'ce' | 'le', string | number>
          >;
        };
        readonly detail?: {
          readonly contact?: { readonly _attributes: { readonly callsign?: string } };
          readonly remarks?: { readonly _text?: string };
        };
      };
    };
  }
}
