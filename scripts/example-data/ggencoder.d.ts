/** The part of `ggencoder` that is used; it has no types of its own. */
declare module 'ggencoder' {
  interface AisFields {
    readonly aistype: 1 | 5 | 18 | 24;
    readonly mmsi: number;
    readonly [field: string]: string | number;
  }
  const ggencoder: {
    readonly AisEncode: new (fields: AisFields) => {
      readonly valid: boolean;
      /** One sentence, however long. */
      readonly nmea: string;
    };
  };
  export default ggencoder;
}
