import { Command } from 'commander';
import { addAgent } from './commands/agent.js';
import { addAgents } from './commands/agents.js';
import { addBudgets } from './commands/budgets.js';
import { addChat } from './commands/chat.js';
import { addChats } from './commands/chats.js';
import { addComplete, addCompletion } from './commands/completion.js';
import { addConnections } from './commands/connections.js';
import { addDemo } from './commands/demo.js';
import { addDeploy } from './commands/deploy.js';
import { addDoctor } from './commands/doctor.js';
import { addDown } from './commands/down.js';
import { addHost } from './commands/host.js';
import { addJason } from './commands/jason.js';
import { addKeys } from './commands/keys.js';
import { addLogin, addLogout } from './commands/login.js';
import { addLogs } from './commands/logs.js';
import { addMetrics } from './commands/metrics.js';
import { addModelKeys } from './commands/model-keys.js';
import { addMissions } from './commands/missions.js';
import { addOperations } from './commands/operate.js';
import { addPeople } from './commands/people.js';
import { addApprovals } from './commands/approvals.js';
import { addPool } from './commands/pool.js';
import { addPresets } from './commands/presets.js';
import { addProviders } from './commands/providers.js';
import { addRemotes } from './commands/remotes.js';
import { addUsage } from './commands/usage.js';
import { addRedeploy } from './commands/redeploy.js';
import { addShare } from './commands/share.js';
import { addSetup } from './commands/setup.js';
import { addStatus } from './commands/status.js';
import { addTemplates } from './commands/templates.js';
import { addUp } from './commands/up.js';
import { addVersion, VERSION } from './commands/version.js';

/** The whole command; errors are thrown to the caller, who tells them. */
export function buildProgram(): Command {
  const program = buildCommands();
  addComplete(program, buildCommands);
  return program;
}

function buildCommands(): Command {
  const program = new Command('aether')
    .description('Deploy OpenClaw agents on this machine, talk to them, and plan missions for them.')
    .version(VERSION, '-V, --version')
    .addHelpText(
      'after',
      '\nBegin with:\n  $ npx aether up --detach\n  $ npx aether setup\n  $ npx aether deploy --template general --name first --wait\n  $ npx aether chat first',
    )
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  addUp(program);
  addDown(program);
  addStatus(program);
  addDoctor(program);
  addSetup(program);
  addLogin(program);
  addLogout(program);
  addDeploy(program);
  addTemplates(program);
  addPresets(program);
  addAgents(program);
  addAgent(program);
  addChat(program);
  addChats(program);
  addLogs(program);
  addOperations(program);
  addRedeploy(program);
  addShare(program);
  addMetrics(program);
  addMissions(program);
  addJason(program);
  addPool(program);
  addConnections(program);
  addRemotes(program);
  addProviders(program);
  addModelKeys(program);
  addUsage(program);
  addBudgets(program);
  addApprovals(program);
  addDemo(program);
  addPeople(program);
  addKeys(program);
  addCompletion(program, buildCommands);
  addVersion(program);
  addHost(program);
  return program;
}
