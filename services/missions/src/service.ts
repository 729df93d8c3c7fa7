import { missionsCatalog } from '@aether/contracts/missions';
import { defineService } from '@aether/runtime/service';
import { AppModule } from './app.module.js';
import { ArtifactContentRow, ArtifactPieceRow, ArtifactRow } from './artifacts/artifact.entity.js';
import { MissionsConfig } from './config.js';
import { HistoryRow } from './history/history.entity.js';
import { CreateMissions1763890000000 } from './migrations/1763890000000-create-missions.js';
import { KeepArtifacts1764100000000 } from './migrations/1764100000000-keep-artifacts.js';
import { BoundWaits1764100100000 } from './migrations/1764100100000-bound-waits.js';
import { BoundOrganisation1764100200000 } from './migrations/1764100200000-bound-organisation.js';
import { DeliverMissions1764100300000 } from './migrations/1764100300000-deliver-missions.js';
import { RefusedCalls1764200100000 } from './migrations/1764200100000-refused-calls.js';
import { KeepHistory1764400000000 } from './migrations/1764400000000-keep-history.js';
import { IndexHidden1764400100000 } from './migrations/1764400100000-index-hidden.js';
import { MissionRow } from './missions/mission.entity.js';
import { OrganisationBudgetRow, OrganisationSpendRow } from './organisation/budget.entity.js';
import { TaskRow } from './tasks/task.entity.js';
import { EntryRow } from './thread/entry.entity.js';

export const missionsService = defineService({
  name: 'missions',
  catalog: missionsCatalog,
  config: MissionsConfig,
  schema: {
    entities: [
      MissionRow,
      TaskRow,
      EntryRow,
      HistoryRow,
      ArtifactRow,
      ArtifactContentRow,
      ArtifactPieceRow,
      OrganisationBudgetRow,
      OrganisationSpendRow,
    ],
    migrations: [
      CreateMissions1763890000000,
      KeepArtifacts1764100000000,
      BoundWaits1764100100000,
      BoundOrganisation1764100200000,
      DeliverMissions1764100300000,
      RefusedCalls1764200100000,
      KeepHistory1764400000000,
      IndexHidden1764400100000,
    ],
  },
  counted: [
    { figure: 'aether_missions', help: 'Missions by state.', rows: MissionRow, by: 'state' },
    { figure: 'aether_tasks', help: 'Tasks by state.', rows: TaskRow, by: 'state' },
  ],
  module: (parts) => AppModule.register(parts),
});
