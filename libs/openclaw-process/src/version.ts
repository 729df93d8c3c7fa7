/** The version of the npm package `openclaw` that Aether is tested with. */
export const OPENCLAW_VERSION = '2026.9.6';
/** The Node.js that this version asks for; its 26 line works too. */
export const NODE_REQUIRED = '24.16.0';
