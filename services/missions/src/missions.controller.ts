import { missionsRequests } from '@aether/contracts/missions';
import { Messaging } from '@aether/messaging/messaging';
import type { ServiceParts } from '@aether/runtime/service';
import { Controller, Inject, type OnModuleInit } from '@nestjs/common';
import { PutArtifact } from './artifacts/put-artifact.js';
import { ReadArtifacts } from './artifacts/read-artifacts.js';
import { History } from './history/history.js';
import { CreateMission } from './missions/create-mission.js';
import { DeleteMission } from './missions/delete-mission.js';
import { ReadMissions } from './missions/read-missions.js';
import { SteerMission } from './missions/steer-mission.js';
import { UpdateMission } from './missions/update-mission.js';
import { OrganisationBudgets } from './organisation/organisation-budget.js';
import { EditTasks } from './tasks/edit-tasks.js';
import { FollowUps } from './tasks/follow-ups.js';
import { JudgeTasks } from './tasks/judge-tasks.js';
import { RunTasks } from './tasks/run-tasks.js';
import { Thread } from './thread/thread.js';
import { OPERATIONS } from './tokens.js';

@Controller()
export class MissionsController implements OnModuleInit {
  constructor(
    private readonly messaging: Messaging,
    @Inject(OPERATIONS) private readonly operations: ServiceParts['operations'],
    private readonly create: CreateMission,
    private readonly update: UpdateMission,
    private readonly read: ReadMissions,
    private readonly steer: SteerMission,
    private readonly remove: DeleteMission,
    private readonly edit: EditTasks,
    private readonly followUps: FollowUps,
    private readonly judge: JudgeTasks,
    private readonly run: RunTasks,
    private readonly thread: Thread,
    private readonly history: History,
    private readonly put: PutArtifact,
    private readonly artifacts: ReadArtifacts,
    private readonly organisation: OrganisationBudgets,
  ) {}

  onModuleInit(): void {
    this.messaging.serve(missionsRequests, {
      ...this.operations,
      createMission: (input, context) => this.create.execute(input, context),
      updateMission: (input, context) => this.update.execute(input, context),
      listMissions: (query, context) => this.read.list(query, context),
      getMission: ({ id }, context) => this.read.get(id, context),
      getBoard: (_input, context) => this.read.board(context),
      planMission: (input, context) => this.steer.plan(input, context),
      approveMission: (input, context) => this.steer.approve(input, context),
      pauseMission: (input, context) => this.steer.pause(input, context),
      resumeMission: (input, context) => this.steer.resume(input, context),
      cancelMission: (input, context) => this.steer.cancel(input, context),
      deleteMission: (input, context) => this.remove.execute(input, context),
      refusePlan: (input, context) => this.steer.refusePlan(input, context),
      holdMission: (input, context) => this.steer.hold(input, context),
      finishMission: (input, context) => this.steer.finish(input, context),
      recordDelivery: (input, context) => this.steer.recordDelivery(input, context),
      recordSpend: (input, context) => this.steer.recordSpend(input, context),
      proposePlan: (input, context) => this.edit.propose(input, context),
      listTasks: (query, context) => this.read.tasks(query, context),
      getTask: ({ id }, context) => this.read.task(id, context),
      addTask: (input, context) => this.edit.add(input, context),
      proposeTask: (input, context) => this.followUps.propose(input, context),
      adoptTask: (input, context) => this.followUps.adopt(input, context),
      updateTask: (input, context) => this.edit.update(input, context),
      removeTask: (input, context) => this.edit.remove(input, context),
      connectTasks: (input, context) => this.edit.connect(input, context),
      disconnectTasks: (input, context) => this.edit.disconnect(input, context),
      retryTask: (input, context) => this.judge.retry(input, context),
      cancelTask: (input, context) => this.judge.cancel(input, context),
      reviewTask: (input, context) => this.judge.review(input, context),
      answerQuestion: (input, context) => this.judge.answer(input, context),
      listReadyTasks: (input, context) => this.read.ready(input, context),
      claimTask: (input, context) => this.run.claim(input, context),
      askPerson: (input, context) => this.run.ask(input, context),
      reportTask: (input, context) => this.run.report(input, context),
      acceptTask: (input, context) => this.run.accept(input, context),
      releaseTask: (input, context) => this.run.release(input, context),
      listThread: (query, context) => this.thread.list(query, context),
      addComment: (input, context) => this.thread.comment(input, context),
      addEntry: (input, context) => this.thread.entry(input, context),
      listHistory: (query, context) => this.history.list(query, context),
      followThread: (input, context) => this.thread.follow(input, context),
      putArtifact: (input, context) => this.put.execute(input, context),
      listArtifacts: (query, context) => this.artifacts.list(query, context),
      getArtifact: ({ id }, context) => this.artifacts.get(id, context),
      readArtifact: (input, context) => this.artifacts.read(input, context),
      getOrganisationBudget: (_input, context) => this.organisation.get(context),
      updateOrganisationBudget: (input, context) => this.organisation.update(input, context),
    });
  }
}
