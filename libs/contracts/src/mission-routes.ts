import { artifactRoutes } from './mission-artifacts.js';
import { historyRoutes } from './mission-history.js';
import { missionsRequests } from './missions.js';
import { organisationBudgetRoutes } from './organisation-budget.js';
import { operationsRoutes } from './operations.js';
import { defineRoutes } from './route.js';

const read = 'missions:read';
const write = 'missions:write';

export const missionsRoutes = defineRoutes({
  'GET /api/v1/board': {
    contract: missionsRequests.getBoard,
    access: read,
    summary: 'Missions and tasks by state, and what waits for a person',
  },
  'GET /api/v1/missions': {
    contract: missionsRequests.listMissions,
    access: read,
    summary: 'List missions, newest first',
  },
  'POST /api/v1/missions': {
    contract: missionsRequests.createMission,
    access: write,
    summary: 'Put a mission on the board; Jason plans it unless told otherwise',
    status: 201,
  },
  'GET /api/v1/missions/{id}': {
    contract: missionsRequests.getMission,
    access: read,
    summary: 'One mission',
  },
  'PATCH /api/v1/missions/{id}': {
    contract: missionsRequests.updateMission,
    access: write,
    summary: 'Change the settings of a mission',
  },
  'DELETE /api/v1/missions/{id}': {
    contract: missionsRequests.deleteMission,
    access: write,
    summary: 'Delete a mission that has ended, with its tasks, thread and artifacts',
  },
  'POST /api/v1/missions/{id}/plan': {
    contract: missionsRequests.planMission,
    access: write,
    summary: 'Ask Jason for a plan, or for another one',
    status: 202,
    rateClass: 'expensive',
  },
  'POST /api/v1/missions/{id}/approve': {
    contract: missionsRequests.approveMission,
    access: write,
    summary: 'Start the tasks of a mission',
  },
  'POST /api/v1/missions/{id}/pause': {
    contract: missionsRequests.pauseMission,
    access: write,
    summary: 'Start no more tasks; those that run go on',
  },
  'POST /api/v1/missions/{id}/resume': {
    contract: missionsRequests.resumeMission,
    access: write,
    summary: 'Go on with a paused mission',
  },
  'POST /api/v1/missions/{id}/cancel': {
    contract: missionsRequests.cancelMission,
    access: write,
    summary: 'End a mission for good',
  },
  'GET /api/v1/missions/{id}/thread': {
    contract: missionsRequests.listThread,
    access: read,
    summary: 'Thread of a mission, newest first',
  },
  'POST /api/v1/missions/{id}/thread': {
    contract: missionsRequests.addComment,
    access: write,
    summary: 'Comment on a mission or one of its tasks',
    status: 201,
  },
  'POST /api/v1/missions/{id}/thread/{seq}/adopt': {
    contract: missionsRequests.adoptTask,
    access: write,
    summary: 'Add the task that an agent proposed',
    status: 201,
  },
  'GET /api/v1/tasks': {
    contract: missionsRequests.listTasks,
    access: read,
    summary: 'List tasks, newest first',
  },
  'POST /api/v1/tasks': {
    contract: missionsRequests.addTask,
    access: write,
    summary: 'Add a task to a mission',
    status: 201,
  },
  'GET /api/v1/tasks/{id}': { contract: missionsRequests.getTask, access: read, summary: 'One task' },
  'PATCH /api/v1/tasks/{id}': {
    contract: missionsRequests.updateTask,
    access: write,
    summary: 'Change a task that was not begun',
  },
  'DELETE /api/v1/tasks/{id}': {
    contract: missionsRequests.removeTask,
    access: write,
    summary: 'Remove a task that was not begun',
  },
  'POST /api/v1/tasks/{id}/review': {
    contract: missionsRequests.reviewTask,
    access: write,
    summary: 'Accept reported work, or send it back with what should change',
  },
  'POST /api/v1/tasks/{id}/answer': {
    contract: missionsRequests.answerQuestion,
    access: write,
    summary: 'Answer what the agent of a task asked',
  },
  'POST /api/v1/tasks/{id}/retry': {
    contract: missionsRequests.retryTask,
    access: write,
    summary: 'Try a failed or cancelled task again',
  },
  'POST /api/v1/tasks/{id}/cancel': {
    contract: missionsRequests.cancelTask,
    access: write,
    summary: 'Give a task up',
  },
  'POST /api/v1/tasks/{id}/dependencies': {
    contract: missionsRequests.connectTasks,
    access: write,
    summary: 'Make a task wait for another; a cycle is refused',
  },
  'DELETE /api/v1/tasks/{id}/dependencies/{dependsOn}': {
    contract: missionsRequests.disconnectTasks,
    access: write,
    summary: 'Make a task wait for another no longer',
  },
  ...historyRoutes,
  ...artifactRoutes,
  ...organisationBudgetRoutes,
  ...operationsRoutes('missions', missionsRequests),
});
