/** The agent that chats begin with where nobody says which: the one OpenClaw makes first, where it is there. */
export function firstAgent<A extends { readonly id: string }>(agents: readonly A[]): A | undefined {
  return agents.find(({ id }) => id === 'main') ?? agents[0];
}
