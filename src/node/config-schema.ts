import { z } from 'zod';
import { isDialable } from '../adapters/libp2p/dialable.js';
import type { Nation } from '../domain/ids.js';

/** How patient links are: LAN, or a narrowband tactical network. */
export type LinkProfile = 'lan' | 'tactical';
export type LogLevel = (typeof LOG_LEVELS)[number];
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Everything a node is told by its operator. Times in milliseconds. */
export interface NodeConfig {
  readonly nation: Nation;
  /** Multiaddresses to listen on. */
  readonly listen: readonly string[];
  /** Multiaddresses of peers to dial at the start. */
  readonly bootstrap: readonly string[];
  readonly link: { readonly profile: LinkProfile };
  readonly api: {
    /** Loopback unless `allowNonLoopback`. */
    readonly host: string;
    /** 0 = any free port, told in api.json. */
    readonly port: number;
    readonly allowNonLoopback: boolean;
  };
  readonly log: { readonly level: LogLevel };
  readonly timers: {
    /** Least length of a consensus view. */
    readonly viewTimeoutBaseMs: number;
    readonly viewTimeoutMaxMs: number;
    readonly checkpointIntervalMs: number;
    /** How often a peer that cannot be reached is dialled again, at least. */
    readonly redialMs: number;
  };
  readonly debug: {
    /** Writes all plaintext of connections to this file: for audits of what reaches a node. */
    readonly tapFile?: string;
  };
  /** Dial rewriting: an address of a peer as published → as reachable from here. */
  readonly addressMap: Readonly<Record<string, string>>;
}

const multiaddress = z
  .string()
  .refine(isDialable, { error: 'is a multiaddress such as /ip4/127.0.0.1/tcp/4101' });

const milliseconds = (min: number, max: number): z.ZodInt => z.int().min(min).max(max);
const HOUR_MS = 3_600_000;

const LOOPBACK_FORM = /^(127(\.\d{1,3}){3}|::1|localhost)$/;

const api = z
  .strictObject({
    host: z.string().min(1).default('127.0.0.1'),
    port: z.int().min(0).max(65_535).default(0),
    allowNonLoopback: z.boolean().default(false),
  })
  .refine((value) => value.allowNonLoopback || LOOPBACK_FORM.test(value.host), {
    path: ['host'],
    error: 'is loopback (127.0.0.1, ::1, localhost) unless api.allowNonLoopback is true',
  });

/** The configuration file: unknown keys are refused, absent ones have safe defaults. */
export const configSchema = z.strictObject({
  nation: z
    .string({ error: 'is an ISO 3166-1 alpha-3 code' })
    .regex(/^[A-Z]{3}$/, 'is an ISO 3166-1 alpha-3 code')
    .transform((text) => text as Nation),
  listen: z.array(multiaddress).min(1).max(16).default(['/ip4/127.0.0.1/tcp/0']),
  bootstrap: z.array(multiaddress).max(256).default([]),
  link: z.strictObject({ profile: z.enum(['lan', 'tactical']).default('lan') }).prefault({}),
  api: api.prefault({}),
  log: z.strictObject({ level: z.enum(LOG_LEVELS).default('info') }).prefault({}),
  timers: z
    .strictObject({
      viewTimeoutBaseMs: milliseconds(10, HOUR_MS).default(500),
      viewTimeoutMaxMs: milliseconds(10, HOUR_MS).default(30_000),
      checkpointIntervalMs: milliseconds(10, HOUR_MS).default(1000),
      redialMs: milliseconds(10, HOUR_MS).default(2000),
    })
    .refine((value) => value.viewTimeoutBaseMs <= value.viewTimeoutMaxMs, {
      path: ['viewTimeoutBaseMs'],
      error: 'is at most timers.viewTimeoutMaxMs',
    })
    .prefault({}),
  debug: z.strictObject({ tapFile: z.string().min(1).exactOptional() }).prefault({}),
  addressMap: z.record(multiaddress, multiaddress).default({}),
}) satisfies z.ZodType<NodeConfig>;
