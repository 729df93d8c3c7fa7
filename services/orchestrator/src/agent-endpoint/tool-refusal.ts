/** What an agent asked for cannot be done; the message is for the agent. */
export class ToolRefusal extends Error {
  override readonly name = 'ToolRefusal';
}
