import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

/** The few pages there are until the console exists. */
@Controller()
export class PagesController {
  @Get()
  welcome(@Res() reply: FastifyReply): FastifyReply {
    return reply.sendFile('index.html');
  }

  @Get('setup')
  setup(@Res() reply: FastifyReply): FastifyReply {
    return reply.sendFile('setup.html');
  }

  @Get('invite')
  invite(@Res() reply: FastifyReply): FastifyReply {
    return reply.sendFile('invite.html');
  }
}
