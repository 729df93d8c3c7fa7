/** Errors of requests that name a chat. One that the caller may not see is `chat_not_found` as well. */
export const chatErrors = {
  chat_not_found: {
    status: 404,
    title: 'There is no such chat.',
    hint: 'List the chats to find the right id.',
  },
} as const;
