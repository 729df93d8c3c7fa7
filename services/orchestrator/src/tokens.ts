export const LOGGER = Symbol('logger');
export const OPERATIONS = Symbol('operations');
