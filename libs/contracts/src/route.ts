import type { RequestContract } from './contract.js';
import type { Requirement } from './permissions.js';

/** Who may use a route: anybody, everybody who is signed in, or those who have the permission. */
export type Access = 'public' | Requirement;

/** The allowance a route draws on instead of the usual one for reads (GET) or for changes. */
type RateClass = 'sign-in' | 'expensive';

export interface RouteSpec<C extends RequestContract = RequestContract> {
  /** Path parameters, query (GET, DELETE) or body (others) together form the contract's input. */
  readonly contract: C;
  readonly access: Access;
  /** One line for the API document. */
  readonly summary: string;
  /** Status of a good answer; 200 where absent. */
  readonly status?: 200 | 201 | 202;
  readonly rateClass?: RateClass;
  /** The answer sets or clears the session cookies, and the refresh token is read from them. */
  readonly session?: 'start' | 'refresh' | 'end';
  /** The answer is a file, not JSON: the contract is asked for its pieces (see `FilePiece`) one after another. */
  readonly file?: true;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
/** `METHOD /path`, with parameters as `{name}`. */
export type RouteKey = `${Method} /api/v1/${string}`;

/** Declares routes; one without an access rule does not compile. */
export function defineRoutes<const R extends Record<RouteKey, RouteSpec>>(routes: R): R {
  return routes;
}
