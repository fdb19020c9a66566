/**
 * libp2p 3 needs `Promise.withResolvers`, which Node 20 lacks; without it connections fail with a
 * misleading encryption error. Import this before anything of libp2p.
 */
import 'core-js/actual/promise/with-resolvers.js';
