export const CLOCK = Symbol('clock');
export const CONTENT = Symbol('content');
export const CONFIG = Symbol('config');
export const LOGGER = Symbol('logger');
export const OPERATIONS = Symbol('operations');
